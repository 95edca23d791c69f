import { withPosition } from './page.js';

it('a page names the position of the stream at which it was sent', () => {
  const head = '<head>\n    <title>Millrace</title>\n  </head>';
  const page = { type: 'text/html', bytes: Buffer.from(`<html>\n  ${head}\n</html>`), encoded: { br: Buffer.from('B') } };
  const sent = withPosition(page, 'abc-12');
  expect(sent.bytes.toString()).toContain('  <meta name="millrace-stream" content="abc-12" />\n  </head>');
  // What was compressed when it was built says nothing of it.
  expect(sent.encoded).toEqual({});
});
