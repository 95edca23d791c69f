import { createServer } from 'node:net';
import { StartError } from './start-error.js';

/** Finds out before anything else is started whether we can listen, for a port in use is the usual mistake. */
export async function ensureFreePort(host: string, port: number): Promise<void> {
  const error = await tryListen(host, port);
  if (!error) return;
  if (error.code === 'EADDRINUSE') {
    throw new StartError(
      'start.port-in-use',
      `Port ${port} on ${host} is in use. Stop what listens there, or start with another one: PORT=${port + 1} npm start`,
    );
  }
  if (error.code === 'EACCES')
    throw new StartError('start.port-forbidden', `This user may not listen on port ${port}. Choose one above 1023: PORT=3000 npm start`);
  if (error.code === 'EADDRNOTAVAIL')
    throw new StartError('start.host-unknown', `HOST=${host} is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for all.`);
  throw new StartError('start.cannot-listen', `Cannot listen on ${host}:${port}: ${error.message}`);
}

function tryListen(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', resolve);
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}
