import { createHash } from 'node:crypto';

/** The only styles of the page. Colours have a contrast of 4.5 to 1 at least, in both themes. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --dim: #5a6169; --ground: #f4f5f7; --card: #fff; --line: #c6cbd1; --key: #1a5fb4; --on-key: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceef0; --dim: #a8b0b8; --ground: #16181b; --card: #202327; --line: #555c64; --key: #8ab8f5; --on-key: #10202f; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 8vh auto 0; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
h1 { margin: 0 0 .75rem; font-size: 1.375rem; line-height: 1.3; }
h1, .text, button { overflow-wrap: anywhere; }
p { margin: 0 0 1rem; }
p:last-child { margin: 0; }
.text { white-space: pre-wrap; }
.dim { color: var(--dim); font-size: .875rem; }
a { color: var(--key); }
label { display: block; margin-bottom: .25rem; font-weight: 600; }
textarea { display: block; width: 100%; min-height: 6rem; margin-bottom: 1.25rem; padding: .5rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--dim); border-radius: .375rem; resize: vertical; }
.answers { display: flex; flex-wrap: wrap; gap: .75rem; margin-bottom: 1.25rem; }
button { flex: 1 1 8rem; min-height: 2.75rem; padding: .5rem 1rem; font: inherit; font-weight: 600; color: var(--ink); background: var(--card); border: 1px solid var(--dim); border-radius: .5rem; cursor: pointer; }
button.first { color: var(--on-key); background: var(--key); border-color: var(--key); }
:focus-visible { outline: 3px solid var(--key); outline-offset: 2px; }
`;

const HASH = createHash('sha256').update(STYLE).digest('base64');

/** What a page may do: be styled by STYLE and post its form back. No script, no picture, no frame around it. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${HASH}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
