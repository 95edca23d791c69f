import { subjectHref, whoWords } from './audit-words.js';

describe('an entry of the audit log', () => {
  it('leads to what it is about, as long as that is there', () => {
    expect(subjectHref({ action: 'flow.published', subject: 'hello' })).toBe('/flows/hello');
    expect(subjectHref({ action: 'credential.sealed', subject: 'a/b' })).toBe('/credentials/a%2Fb');
    expect(subjectHref({ action: 'credential.removed', subject: 'gone' })).toBeUndefined();
    expect(subjectHref({ action: 'pin.removed', subject: 'hello' })).toBe('/flows/hello');
    expect(subjectHref({ action: 'runs.cancelled', subject: null })).toBeUndefined();
    expect(subjectHref({ action: 'key.rotated', subject: 'k1' })).toBeUndefined();
  });

  it('says who it was, as far as it is known', () => {
    expect(whoWords({ person: 'Ada', via: 'studio' })).toBe('Ada, in the studio');
    expect(whoWords({ person: null, via: 'api' })).toBe('Somebody by the API');
    expect(whoWords({ person: null, via: 'folder' })).toBe('A file of the flows folder');
  });
});
