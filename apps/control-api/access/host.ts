import { isIPv4 } from 'node:net';

/** Where this server listens and how it is known, as far as host names go. */
export interface OwnHosts {
  /** The address it listens on. */
  readonly host: string;
  readonly publicUrl: string | undefined;
}

/**
 * Whether a request's Host header names this machine. Matters while we listen on loopback only: there, a page of another
 * site could otherwise have its own name resolve to 127.0.0.1 and read answers as if they were its own (DNS rebinding).
 */
export function isOwnHost(header: string | undefined, { host, publicUrl }: OwnHosts): boolean {
  if (!isLoopback(host)) return true;
  const name = hostname(`http://${header ?? ''}`);
  if (name === undefined) return false;
  return isLoopback(name) || name === host.toLowerCase() || (publicUrl !== undefined && name === hostname(publicUrl));
}

/** Whether this request came to our public address, and that is https. */
export function isSecure(header: string | undefined, publicUrl: string | undefined): boolean {
  return publicUrl !== undefined && publicUrl.startsWith('https:') && hostname(`http://${header ?? ''}`) === hostname(publicUrl);
}

function isLoopback(name: string): boolean {
  if (isIPv4(name)) return name.startsWith('127.');
  return ['localhost', '::1', '[::1]'].includes(name) || name.endsWith('.localhost');
}

function hostname(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
