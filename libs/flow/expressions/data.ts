import { ExpressionFault } from './faults.js';
import { isFunctionLike } from './values.js';

/** A result may be at most this large, in characters: doubling is cheap to write and dear to keep. */
const largestResult = 20_000_000;

/** What a value costs besides its text; copying half a million values takes about half a second. */
const costOfValue = 40;

/**
 * Makes plain JSON of what an expression gave: JSONata marks its lists and builds objects without a prototype.
 * Faults for what JSON cannot hold. Undefined stays undefined.
 */
export function asData(value: unknown): unknown {
  return copy(value, { left: largestResult });
}

interface Budget {
  left: number;
}

function copy(value: unknown, budget: Budget): unknown {
  spend(budget, costOfValue + (typeof value === 'string' ? value.length : 0));
  if (typeof value === 'number' && !Number.isFinite(value)) throw unfit('a number that JSON cannot hold, such as a division by zero');
  if (isFunctionLike(value)) throw unfit('a function; call it');
  if (Array.isArray(value)) return value.map((item) => copy(item ?? null, budget));
  if (typeof value !== 'object' || value === null) return value;
  return copyObject(value, budget);
}

function copyObject(value: object, budget: Budget): object {
  if (Object.hasOwn(value, '__proto__')) throw unfit('an object with the key `__proto__`');
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, copy(item, budget)]));
}

function spend(budget: Budget, amount: number): void {
  budget.left -= amount;
  if (budget.left < 0) throw unfit('more than a step can keep; pick the parts you need');
}

function unfit(what: string): ExpressionFault {
  return new ExpressionFault('expression.failed', 'unfit', `it gives ${what}`);
}
