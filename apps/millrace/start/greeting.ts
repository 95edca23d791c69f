import type { Catalog } from '@millrace/catalog';

/** What a person who has just typed `npm start` needs: where to go, and one line that works at once. */
export function greeting(url: string, token: string, catalog: Catalog): string {
  const hello = catalog.flow('hello')?.rules ? 'hello' : catalog.flows().find(({ rules, endpoint }) => rules && endpoint === undefined)?.id;
  const lines = [`Millrace is ready at ${url}`, '', `  Runs and events   ${url}/api/v1/runs?token=${token}`];
  if (hello !== undefined) {
    lines.push('', '  Send an event:', '', `  curl -d '{"name":"Ada"}' -H 'content-type: application/json' ${url}/flows/${hello}/hook`);
  }
  return `\n${lines.join('\n')}\n`;
}
