import { BodyRefusal } from './refusal.js';

/**
 * Bytes as text, strictly: a replaced character would be a changed event. Charsets are those of the Encoding Standard
 * (https://encoding.spec.whatwg.org/#names-and-labels), where ISO-8859-1 means windows-1252; without one, UTF-8.
 * A byte order mark is dropped; for `utf-16` it says the byte order, which is little-endian without one.
 */
export function decodeText(bytes: Uint8Array, charset: string | undefined): string {
  const decoder = decoderOf(charset, bytes);
  if (decoder.encoding === 'windows-1252') return windows1252(bytes);
  try {
    return decoder.decode(bytes);
  } catch {
    const [code, name] = decoder.encoding === 'utf-8' ? ['body.not-utf8', 'UTF-8'] : ['body.not-of-charset', charset];
    throw new BodyRefusal(400, code, `The body is not valid ${name}.`);
  }
}

/** Holds nothing between bodies: they are decoded whole. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decoderOf(charset: string | undefined, bytes: Uint8Array): InstanceType<typeof TextDecoder> {
  if (charset === undefined || charset === 'utf-8') return UTF8;
  try {
    return new TextDecoder(labelOf(charset, bytes), { fatal: true });
  } catch {
    throw new BodyRefusal(415, 'body.charset-not-accepted', `The charset ${charset} is not read; send UTF-8.`);
  }
}

/** US-ASCII is read as what it is a part of. The Encoding Standard takes it for windows-1252, which would let any byte pass. */
function labelOf(charset: string | undefined, bytes: Uint8Array): string {
  if (charset === undefined || charset === 'us-ascii') return 'utf-8';
  return charset === 'utf-16' && bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : charset;
}

/** What windows-1252 has where ISO-8859-1 has control characters. */
const C1 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Many versions of Node 20 to 24 read it as plain ISO-8859-1 (nodejs/node#56542): this is the same on all. */
function windows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return text.replace(/[\x80-\x9f]/g, (character) => C1[character.charCodeAt(0) - 0x80]!);
}
