import { actorOf, actorText } from './actor.js';

const from = (headers: Record<string, string>): ReturnType<typeof actorOf> => actorOf({ headers, ip: '192.0.2.7' });

describe('who asked', () => {
  it('is somebody in the studio, by the API or on the command line', () => {
    expect(from({ cookie: 'millrace_session=x' })).toEqual({ via: 'studio', person: null, address: '192.0.2.7' });
    expect(from({ authorization: 'Bearer x' }).via).toBe('api');
    expect(from({ authorization: 'Bearer x', 'user-agent': 'millrace-cli' }).via).toBe('command-line');
    expect(from({ 'user-agent': 'millrace-cli' }).via).toBe('studio');
  });

  it.each([
    ['Ada', 'Ada'],
    [encodeURIComponent('Zoë 李 🙂'), 'Zoë 李 🙂'],
    ['%E0%A4%A', '%E0%A4%A'],
    ['  ', null],
    ['%1B%5B31mAda%0A%E2%80%AE', '[31mAda'],
    ['x'.repeat(300), 'x'.repeat(100)],
  ])('calls themselves %j', (header, name) => {
    expect(from({ 'x-millrace-as': header }).person).toBe(name);
  });

  it('is said with what is known', () => {
    expect(actorText({ person: 'Ada', via: 'studio', address: '192.0.2.7' })).toBe('Ada, studio, 192.0.2.7');
    expect(actorText({ person: null, via: 'folder', address: null })).toBe('folder');
  });
});
