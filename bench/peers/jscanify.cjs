// Answers frames with the corners that jscanify finds. Each frame on the standard input: width and height (32 bits, little end
// first), then RGBA. Each answer on the standard output: one line of JSON, corners (or null) and the processor's milliseconds.
// usage: node jscanify.cjs PACKAGE-FOLDER
"use strict";
const path = require("node:path");
const folder = path.resolve(process.argv[2]);
const NAMES = ["topLeftCorner", "topRightCorner", "bottomRightCorner", "bottomLeftCorner"];

function find(scanner, frame) {
  const contour = scanner.findPaperContour(frame);
  const found = contour && scanner.getCornerPoints(contour);
  const whole = found && NAMES.every((name) => found[name]);
  return whole ? NAMES.map((name) => [found[name].x, found[name].y]) : null;
}

function answer(scanner, width, height, pixels) {
  const frame = new cv.Mat(height, width, cv.CV_8UC4);
  frame.data.set(pixels);
  const before = process.cpuUsage();
  const corners = find(scanner, frame);
  const used = process.cpuUsage(before);
  frame.delete();
  process.stdout.write(JSON.stringify({ corners, ms: (used.user + used.system) / 1000 }) + "\n");
}

function listen(scanner) {
  let waiting = Buffer.alloc(0);
  const take = () => {
    while (waiting.length >= 8) {
      const [width, height] = [waiting.readUInt32LE(0), waiting.readUInt32LE(4)];
      const end = 8 + width * height * 4;
      if (waiting.length < end) return;
      answer(scanner, width, height, waiting.subarray(8, end));
      waiting = waiting.subarray(end);
    }
  };
  process.stdin.on("data", (part) => { waiting = Buffer.concat([waiting, part]); take(); });
  process.stdout.write("ready\n");
}

globalThis.cv = require(path.join(folder, "src", "opencv.js")); // the browser's build looks for it there
cv.onRuntimeInitialized = () => listen(new (require(path.join(folder, "src", "jscanify.js")))());
