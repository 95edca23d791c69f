import { RE2JS } from 're2js';

/**
 * A regular expression that runs in linear time, for JSONata's `RegexEngine`: a JavaScript RegExp can take
 * for ever on a hostile text, and JSONata's time limit does not reach into it.
 * Look-ahead, look-behind and back-references do not exist in RE2; the constructor throws for them.
 */
export class LinearRegExp {
  lastIndex = 0;
  readonly source: string;
  readonly #program: RE2JS;

  constructor(pattern: RegExp) {
    if (!(pattern instanceof RegExp)) throw new TypeError('not a regular expression');
    this.source = pattern.source;
    this.#program = RE2JS.compile(RE2JS.translateRegExp(pattern));
  }

  /** As `RegExp.prototype.exec` with the flag `g`: searches from `lastIndex` and moves it behind the match. */
  exec(text: string): RegExpExecArray | null {
    const matcher = this.#program.matcher(text);
    if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) {
      this.lastIndex = 0;
      return null;
    }
    this.lastIndex = matcher.end();
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined);
    return Object.assign(groups, { index: matcher.start(), input: text }) as unknown as RegExpExecArray;
  }
}
