import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names this process so that another one on the same machine can tell whether it still lives: host, boot and pid
 * namespace, then the process id. Where the system does not tell, the name only identifies.
 */
export function processName(): string {
  return `${hostname()}/${machine()}/${process.pid}`;
}

/** True only for a process of this machine, this boot and this pid namespace that is certainly gone. */
export function isDeadProcess(name: string): boolean {
  const [host, where, pid] = name.split('/');
  if (host !== hostname() || where !== machine() || where === 'unknown') return false;
  return Number(pid) !== process.pid && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function machine(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}.${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}`;
  } catch {
    return 'unknown';
  }
}
