import { parse as parseLossless } from 'lossless-json';
import secureJson from 'secure-json-parse';
import { BodyRefusal, forbiddenKey, MAX_DEPTH } from './refusal.js';

/** What secure-json-parse says of a `__proto__` key. */
const FORBIDDEN_KEY = 'Object contains forbidden prototype property';

/**
 * JSON as `JSON.parse` reads it, save for numbers that a double cannot hold: integers beyond 2^53 - 1 and numbers too
 * large for any double become strings of exactly the characters sent. See docs/adr/0030.
 */
export function parseJson(text: string, maxDepth = MAX_DEPTH): unknown {
  const { tooDeep, oddNumbers } = scan(text, maxDepth);
  if (tooDeep) throw new BodyRefusal(400, 'body.too-deep', `The JSON is nested deeper than ${maxDepth} levels.`);
  const value = parseSecurely(text);
  return oddNumbers ? withoutLoss(text) : value;
}

/**
 * JSON that becomes part of an event's body without having been sent as one, with the same numbers as texts: the run sees what it
 * would see of the same text at the front door. What can be no body is for `bodyFault` to tell. Throws a SyntaxError.
 */
export function parseJsonValue(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // What holds a body may stand around it; far beyond that it is refused anyway, and must not overflow the slower parser.
  const { tooDeep, oddNumbers } = scan(text, 2 * MAX_DEPTH);
  return oddNumbers && !tooDeep ? withoutLoss(text) : value;
}

function parseSecurely(text: string): unknown {
  try {
    return secureJson.parse(text, undefined, { protoAction: 'error', constructorAction: 'ignore' });
  } catch (error) {
    // The whole message: that of a syntax error quotes the body.
    if ((error as Error).message === FORBIDDEN_KEY) throw forbiddenKey('JSON');
    throw new BodyRefusal(400, 'body.malformed', 'The body is not valid JSON.');
  }
}

/** Slower than `JSON.parse`, and so for those texts only that need it. Of a repeated key the last one counts, as there. */
function withoutLoss(text: string): unknown {
  return parseLossless(text.replace(/^\uFEFF/, ''), undefined, { parseNumber: exactNumber, onDuplicateKey: ({ newValue }) => newValue });
}

function exactNumber(literal: string): number | string {
  const value = Number(literal);
  const damaged = !Number.isFinite(value) || (/^-?\d+$/.test(literal) && !Number.isSafeInteger(value));
  return damaged ? literal : value;
}

/** Digits in a row from which on a number may be beyond 2^53, which has sixteen. */
const LONG = 16;

/** One pass over brackets and numbers outside strings, without recursion. */
function scan(text: string, maxDepth: number): { tooDeep: boolean; oddNumbers: boolean } {
  let depth = 0;
  let digits = 0;
  let oddNumbers = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= 0x30 && code <= 0x39) {
      digits += 1;
      if (digits >= LONG) oddNumbers = true;
      continue;
    }
    // An exponent: the letter follows a digit, as in no word of JSON.
    if (digits > 0 && (code === 0x65 || code === 0x45)) oddNumbers = true;
    digits = 0;
    if (code === 0x22) i = endOfString(text, i);
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) depth -= 1;
    if (depth > maxDepth) return { tooDeep: true, oddNumbers };
  }
  return { tooDeep: false, oddNumbers };
}

/** Where the string that begins here ends. Looks for the quote, for most of a body is text inside of strings. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

/** Whether an odd number of backslashes stands before a place. */
function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes += 1;
  return slashes % 2 === 1;
}
