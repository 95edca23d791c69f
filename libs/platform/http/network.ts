import ipaddr from 'ipaddr.js';

/** How much of an IPv6 address names a network: hosts choose the rest as they like (RFC 4291, section 2.5.1). */
const IPV6_NETWORK_BITS = 64;

/** Whom an address belongs to, as far as it tells: itself, or the network of an IPv6 one. What is no address stays as it is. */
export function networkOf(address: string): string {
  if (!address.includes(':') || !ipaddr.isValid(address)) return address;
  const read = ipaddr.process(address);
  return read.kind() === 'ipv4' ? read.toString() : ipaddr.IPv6.networkAddressFromCIDR(`${address}/${IPV6_NETWORK_BITS}`).toString();
}
