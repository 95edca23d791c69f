import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Where a request came from, as far as is known. */
export interface Origin {
  /** The caller's address: that of the connection, or what a trusted proxy says. */
  readonly caller: string | undefined;
  /** Whether it travelled encrypted up to us, or up to a trusted proxy. */
  readonly encrypted: boolean;
  /** Calls back when the caller hangs up before the answer. */
  whenGone?(callback: () => void): void;
}

/** A request at the door. */
export interface Arrival extends Origin {
  readonly request: IncomingMessage;
}

/** What the connection itself says. */
export function originOf({ socket }: IncomingMessage): Origin {
  return { caller: socket.remoteAddress, encrypted: (socket as Partial<TLSSocket>).encrypted === true };
}

/** What the router makes of it: Fastify reads forwarding headers from trusted proxies only. */
export function routedOrigin({ ip, protocol }: FastifyRequest, { raw }: FastifyReply): Origin {
  return { caller: ip, encrypted: protocol === 'https', whenGone: hangUpOf(raw) };
}

/** Calls back when the caller hangs up before the answer, also when it already has. */
export function hangUpOf(response: ServerResponse): NonNullable<Origin['whenGone']> {
  return (callback) => (response.closed ? callback() : void response.once('close', callback));
}

/** Addresses of this machine itself: RFC 1122, section 3.2.1.3 and RFC 4291, section 2.5.3, also as IPv4 in IPv6. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::ffff:)?127\.|^::1$/.test(address);
}
