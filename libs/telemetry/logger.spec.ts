import { EventEmitter } from 'node:events';
import { createLogger, type Log } from './index.js';
import { textDestination, textLine } from './logger.js';
import { NestLog } from './nest-log.js';

const time = Date.parse('2026-03-01T09:41:07Z');

function line(fields: object): string {
  return textLine(JSON.stringify({ level: 30, time, ...fields }));
}

describe('a log line for people', () => {
  it('has time, level, message and fields', () => {
    const fields = { level: 40, msg: 'The queue is away', reason: 'ECONNREFUSED', tries: 3, ids: ['a'] };
    expect(line(fields)).toBe('09:41:07 warn  The queue is away  reason=ECONNREFUSED  tries=3  ids=["a"]');
  });

  it.each([
    [20, 'debug'],
    [30, 'info '],
    [50, 'error'],
    [60, 'fatal'],
    [35, 'info '],
  ])('of level %i says %p', (level, name) => {
    expect(line({ level, msg: 'x' })).toBe(`09:41:07 ${name} x`);
  });

  it('shows the stack of an error below, and any other thing that was thrown', () => {
    expect(line({ msg: 'Failed', err: { stack: 'Error: a\n    at b' } })).toBe('09:41:07 info  Failed\n  Error: a\n      at b');
    expect(line({ msg: 'Failed', err: 'just a text' })).toBe('09:41:07 info  Failed\n  just a text');
    expect(line({ msg: 'Failed', err: { code: 7 } })).toBe('09:41:07 info  Failed\n  {"code":7}');
    expect(line({ msg: 'Failed', err: null })).toBe('09:41:07 info  Failed\n  null');
  });

  it('cannot be forged by a value with a line break', () => {
    const text = line({ msg: 'Run failed: x\n09:41:07 info  All is well', name: 'a\r\n09:41:07 info  b' });
    expect(text.split('\n').slice(1)).toEqual(['  09:41:07 info  All is well  name=a', '  09:41:07 info  b']);
  });

  it('does not let a value command the terminal', () => {
    const text = line({ msg: 'a\x1b[2Jb\x07\rc', 'k\x9b': '\x00' });
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    expect(text).toContain('a\\x1b[2Jb\\x07\\x0dc');
  });

  it('needs no message', () => {
    expect(line({ a: 1 })).toBe('09:41:07 info    a=1');
  });
});

describe('the logger', () => {
  it('is silent once nobody reads it, and does not fail', () => {
    const written: string[] = [];
    const out = Object.assign(new EventEmitter(), { write: (text: string) => written.push(text) });
    const destination = textDestination(out as unknown as NodeJS.WritableStream);
    destination.write(JSON.stringify({ level: 30, time, msg: 'one' }));
    out.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    destination.write(JSON.stringify({ level: 30, time, msg: 'two' }));
    expect(written).toEqual(['09:41:07 info  one\n']);
  });

  it('says nothing below its level', () => {
    const log = createLogger({ level: 'warn', format: 'json' });
    expect([log.isLevelEnabled('info'), log.isLevelEnabled('warn')]).toEqual([false, true]);
  });
});

describe("Nest's messages", () => {
  function recorded(): { nest: NestLog; lines: unknown[][] } {
    const lines: unknown[][] = [];
    const at = (level: string) => (fields: object, message: string) => void lines.push([level, fields, message]);
    const log = { debug: at('debug'), warn: at('warn'), error: at('error') };
    return { nest: new NestLog(log as unknown as Log), lines };
  }

  it('that are chatter are debug, warnings are not', () => {
    const { nest, lines } = recorded();
    nest.log('Mapped {/x, GET}', 'Router');
    nest.warn('Careful', 'Router');
    expect(lines).toEqual([
      ['debug', { context: 'Router' }, 'Mapped {/x, GET}'],
      ['warn', { context: 'Router' }, 'Careful'],
    ]);
  });

  it('keep stack and context apart, and are never [object Object]', () => {
    const { nest, lines } = recorded();
    const thrown = new Error('boom');
    nest.error('Failed', 'Error: x\n    at y', 'Router');
    nest.error('Failed', 'Router');
    nest.error(thrown, 'Router');
    nest.error({ code: 7 }, undefined, 'Router');
    expect(lines).toEqual([
      ['error', { context: 'Router', err: { stack: 'Error: x\n    at y' } }, 'Failed'],
      ['error', { context: 'Router' }, 'Failed'],
      ['error', { context: 'Router', err: thrown }, 'boom'],
      ['error', { context: 'Router' }, '{"code":7}'],
    ]);
  });
});
