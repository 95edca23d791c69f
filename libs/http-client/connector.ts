import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { buildConnector } from 'undici';
import type { AddressPolicy } from './address-guard.js';

/** All addresses of a host name. Rejects like `dns.lookup`. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** Opens a connection to `options.hostname`, which the guard has replaced by a checked address. */
export type Connect = buildConnector.connector;

/** A connection that the guard refused. Becomes the StepError `address.blocked`. */
export class BlockedAddressError extends Error {
  readonly hostname: string;
  readonly address: string;
  readonly range: string;

  constructor(hostname: string, address: string, range: string) {
    super(`${hostname} is at ${address} (${range})`);
    this.name = 'BlockedAddressError';
    this.hostname = hostname;
    this.address = address;
    this.range = range;
  }
}

/** The operating system's resolver: hosts file, search domains and all. */
export const systemResolve: Resolve = async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address);

/**
 * A connector that resolves the host itself, checks every address, and connects to a checked one.
 *
 * A `lookup` hook would miss IP literals, and checking before the request would leave a window in which the name can be
 * rebound. Here what was checked is what is dialled. The TLS server name and the certificate check stay on the host name.
 */
export function guardConnector(policy: AddressPolicy, resolve: Resolve, connect: Connect): Connect {
  return (options, callback) => {
    checkedAddresses(options.hostname, policy, resolve).then(
      (addresses) => dial(addresses, options, connect, callback),
      (error: Error) => callback(error, null),
    );
  };
}

async function checkedAddresses(hostname: string, policy: AddressPolicy, resolve: Resolve): Promise<readonly string[]> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  if (addresses.length === 0) throw Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' });
  for (const address of addresses) {
    const range = policy(address);
    if (range !== undefined) throw new BlockedAddressError(host, address, range);
  }
  return addresses;
}

/** Tries the addresses one after the other; the last failure is the one reported. */
function dial(addresses: readonly string[], options: buildConnector.Options, connect: Connect, callback: buildConnector.Callback): void {
  const [address, ...others] = addresses;
  if (address === undefined) return;
  connect({ ...options, hostname: address }, (...result) => {
    if (result[0] !== null && others.length > 0) dial(others, options, connect, callback);
    else callback(...result);
  });
}
