import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/** Decides about one IP address: `undefined` when it may be reached, else the kind of range that forbids it. */
export type AddressPolicy = (address: string) => string | undefined;

/**
 * Builds the policy: only public unicast addresses, plus what `allow` names.
 *
 * @param allow IP addresses or CIDRs that may be reached although not public.
 * @throws {TypeError} with code `http.bad-allow` naming the entry that is neither.
 */
export function createAddressPolicy(allow: readonly string[] = []): AddressPolicy {
  const ranges = allow.map(parseRange);
  return (text) => {
    const address = parseAddress(text);
    if (address === undefined) return 'unreadable';
    return ranges.some((range) => contains(range, address)) ? undefined : forbiddenRange(address);
  };
}

function parseRange(entry: string): Range {
  const text = entry.trim();
  if (ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  const address = parseAddress(text);
  if (address !== undefined) return [address, address.kind() === 'ipv4' ? 32 : 128];
  const message = `"${entry}" in MILLRACE_HTTP_ALLOW is neither an IP address nor a CIDR. Write for example 127.0.0.1 or 10.0.0.0/8.`;
  throw Object.assign(new TypeError(message), { code: 'http.bad-allow' });
}

/** Reads an address; IPv4 only with four decimal parts, IPv4 mapped into IPv6 as the IPv4 address it reaches. */
function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  return ipaddr.IPv6.isValid(text) ? ipaddr.process(text) : undefined;
}

function contains([network, bits]: Range, address: Address): boolean {
  return network.kind() === address.kind() && address.match(network, bits);
}

/** Public addresses by registry, private by use: Azure answers its instance agents here (learn.microsoft.com, "168.63.129.16"). */
const METADATA = ipaddr.IPv4.parse('168.63.129.16');
/** Global unicast as IANA assigns it (RFC 4291, 2.4): whatever lies outside reaches nothing public. */
const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');
/** NAT64's well-known prefix (RFC 6052): an IPv6-only network reaches the public IPv4 address in the last 32 bits through it. */
const NAT64 = ipaddr.IPv6.parse('64:ff9b::');

function forbiddenRange(address: Address): string | undefined {
  return address.kind() === 'ipv4' ? forbiddenIpv4(address as ipaddr.IPv4) : forbiddenIpv6(address as ipaddr.IPv6);
}

function forbiddenIpv4(address: ipaddr.IPv4): string | undefined {
  if (address.match(METADATA, 32)) return 'cloud metadata';
  const range = address.range();
  return range === 'unicast' ? undefined : range;
}

function forbiddenIpv6(address: ipaddr.IPv6): string | undefined {
  if (address.match(NAT64, 96)) return forbiddenIpv4(new ipaddr.IPv4(address.toByteArray().slice(12)));
  const range = address.range();
  if (range !== 'unicast') return range;
  return address.match(GLOBAL_UNICAST, 3) ? undefined : 'reserved';
}
