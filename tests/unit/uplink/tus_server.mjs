// @tus/server keeps what comes in FOLDER, named by its metadata's id; says its port.
import http from 'node:http'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'

const [directory] = process.argv.slice(2)
const tus = new Server({
  path: '/api/v1/uploads',
  datastore: new FileStore({ directory }),
  namingFunction: (_request, metadata) => metadata.id,
})
const server = http.createServer((request, response) => tus.handle(request, response))
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
