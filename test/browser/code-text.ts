import type { Locator, Page } from 'playwright-core';

/** The text of the code view, for whoever types in it. */
export function codeArea(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Text of the flow' });
}

/** All of it, as copying all of it gives it: only what is in sight is in the page. */
export async function codeText(page: Page): Promise<string> {
  await codeArea(page).press('Control+a');
  return page.evaluate(`(() => {
    const clipboardData = new DataTransfer();
    const copy = new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true, composed: true });
    document.querySelector('.code-view').shadowRoot.querySelector('.cm-content').dispatchEvent(copy);
    return clipboardData.getData('text/plain');
  })()`);
}
