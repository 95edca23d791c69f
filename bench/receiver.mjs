// Receives what flows send. Answers at once, counts, and reports every 100 ms to its parent: how many arrived, and
// for events that carry `sentAt` how long they took.
import { createServer } from 'node:http';

let count = 0;
let latencies = [];

createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { total } = JSON.parse(Buffer.concat(chunks).toString());
    if (total > 1e12) latencies.push(Date.now() - total);
    count += 1;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 });
    response.end('{}');
  });
}).listen(0, '127.0.0.1', function () {
  process.send({ port: this.address().port });
  setInterval(() => {
    process.send({ count, latencies });
    latencies = [];
  }, 100);
});
