import type { BuiltFile } from './built-files.js';

/** The page with the position of the change stream at which it was sent. What it loads is later, so it can listen from there on. */
export function withPosition(page: BuiltFile, position: string): BuiltFile {
  const meta = `<meta name="millrace-stream" content="${position}" />`;
  const bytes = Buffer.from(page.bytes.toString('utf8').replace('</head>', `  ${meta}\n  </head>`));
  return { ...page, bytes, encoded: {} };
}
