// tus-js-client sends a file: ENDPOINT FILE ID CHUNK. Read from stdin by node in the folder of its node_modules.
import fs from 'node:fs'
import { Upload } from 'tus-js-client'

const [endpoint, file, id, chunk] = process.argv.slice(2)
const upload = new Upload(fs.createReadStream(file), {
  endpoint,
  uploadSize: fs.statSync(file).size,
  chunkSize: Number(chunk),
  metadata: { id },
  retryDelays: Array(40).fill(50),
  storeFingerprintForResuming: false,
  onError: (error) => {
    console.error(error)
    process.exit(1)
  },
  onSuccess: () => console.log(upload.url),
})
upload.start()
