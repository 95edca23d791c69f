import { createAddressPolicy } from './address-guard.js';

const policy = createAddressPolicy();

describe('address policy', () => {
  it.each(['93.184.215.14', '8.8.8.8', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8'])(
    'lets the public address %s through',
    (address) => {
      expect(policy(address)).toBeUndefined();
    },
  );

  it.each([
    ['0.0.0.0', 'unspecified'],
    ['10.1.2.3', 'private'],
    ['100.64.0.1', 'carrierGradeNat'],
    ['100.100.100.200', 'carrierGradeNat'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['168.63.129.16', 'cloud metadata'],
    ['169.254.169.254', 'linkLocal'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.0.0.192', 'reserved'],
    ['192.168.0.1', 'private'],
    ['198.18.0.1', 'reserved'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
  ])('refuses the IPv4 address %s as %s', (address, range) => {
    expect(policy(address)).toBe(range);
  });

  it.each([
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd00:ec2::254',
    'fec0::1',
    'ff02::1',
    '100::1',
    '2001:db8::1',
    '3fff::1',
    '5f00::1',
    '4000::1',
  ])('refuses the IPv6 address %s', (address) => {
    expect(policy(address)).toBeDefined();
  });

  it.each([
    ['mapped', '::ffff:127.0.0.1'],
    ['mapped, in hexadecimal', '::ffff:7f00:1'],
    ['mapped, metadata', '::ffff:169.254.169.254'],
    ['compatible', '::127.0.0.1'],
    ['translated (RFC 6145)', '::ffff:0:127.0.0.1'],
    ['NAT64', '64:ff9b::127.0.0.1'],
    ['NAT64, metadata', '64:ff9b::a9fe:a9fe'],
    ['NAT64 of the local network', '64:ff9b:1::8.8.8.8'],
    ['6to4', '2002:7f00:1::1'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ])('refuses an IPv4 address hidden in IPv6: %s', (_kind, address) => {
    expect(policy(address)).toBeDefined();
  });

  it.each(['', 'localhost', '0x7f000001', '2130706433', '0177.0.0.1', '127.1', '1.2.3.4.5'])(
    'refuses what is no address in plain form: "%s"',
    (text) => {
      expect(policy(text)).toBe('unreadable');
    },
  );
});

describe('allowed addresses', () => {
  it('opens exactly what it names', () => {
    const allowing = createAddressPolicy(['127.0.0.1', '10.1.0.0/16', '::1', ' fd00::/8 ']);
    expect(['127.0.0.1', '::ffff:127.0.0.1', '10.1.255.255', '::1', 'fd12::1'].map(allowing)).toEqual(Array(5).fill(undefined));
    expect(['127.0.0.2', '10.2.0.1', '::2', 'fc00::1', '192.168.0.1'].map(allowing)).not.toContain(undefined);
  });

  it.each(['localhost', '10.0.0.0/33', '10.0.0', '0x7f.0.0.1', ''])('names an entry that cannot be read: "%s"', (entry) => {
    expect(() => createAddressPolicy([entry])).toThrow(`"${entry}" in MILLRACE_HTTP_ALLOW is neither an IP address nor a CIDR`);
  });
});
