import { code, page, table } from './markdown.mjs';

export function problemPage(codes) {
  const rows = Object.entries(codes).map(([name, { severity, means }]) => [code(name), severity, means]);
  return page('Problems of flow files', 'libs/flow/problem-codes.ts', INTRODUCTION, table(['code', 'severity', 'means'], rows));
}

const INTRODUCTION = `What \`npm run millrace -- validate\` reports, one line each: \`file:line:column: severity code message\`.
Codes are stable. An error keeps the flow from being enabled, a warning does not.`;
