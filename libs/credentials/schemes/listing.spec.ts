import { listSchemes } from './listing.js';

describe('the list of schemes', () => {
  it('names each once, with the header or the place in the body that has its signature', () => {
    const listed = listSchemes();
    const names = listed.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual([...names].sort());
    expect(listed.filter(({ signature }) => signature === '')).toEqual([]);
    expect(listed).toContainEqual({ name: 'github', aliases: [], signature: 'X-Hub-Signature-256', shared: true });
    expect(listed).toContainEqual(expect.objectContaining({ name: 'meta', aliases: ['facebook', 'whatsapp'] }));
  });

  it('tells a secret that both sides have from the keys of a vendor', () => {
    const shared = new Map(listSchemes().map((scheme) => [scheme.name, scheme.shared]));
    expect([shared.get('stripe'), shared.get('twilio'), shared.get('discord')]).toEqual([true, true, false]);
  });
});
