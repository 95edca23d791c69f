import { TestEnvironment } from 'jest-environment-node';

/** Of a long page its beginning and, where alerts and what was just done stand, more of its end. */
const FIRST = 300;
const LAST = 900;

/**
 * Node's environment, and beside a failure in the browser what the pages showed at that moment: before what cleans up behind the
 * test closes them, and where whoever has only the end of a long output finds it.
 */
export default class MillraceEnvironment extends TestEnvironment {
  async handleTestEvent(event) {
    if (event.name !== 'test_fn_failure') return;
    for (const page of this.global.openPages ?? []) if (!page.isClosed()) event.test.errors.push(new Error(await shown(page)));
  }
}

async function shown(page) {
  const text = await page.innerText('body', { timeout: 5_000 }).catch((error) => `nothing that can be read: ${error.message}`);
  const line = text.replace(/\s+/g, ' ');
  return `The page ${page.url()} showed: ${line.length > FIRST + LAST ? `${line.slice(0, FIRST)} […] ${line.slice(-LAST)}` : line}`;
}
