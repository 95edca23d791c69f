import { code, page, table } from './markdown.mjs';

export function schemePage({ schemes, aliases, codeSchemes, handshakes, evidence }) {
  const rows = Object.entries(schemes).map(([name, scheme]) => [
    names(name, aliases),
    where(scheme),
    how(scheme),
    signed(scheme),
    time(scheme),
    code(scheme.id),
  ]);
  const built = Object.entries(codeSchemes).map(([name, { about, toleranceSeconds }]) => [
    code(name),
    code(about.header),
    about.made,
    about.over,
    toleranceSeconds ? `${toleranceSeconds} s` : '',
  ]);
  const asked = Object.entries(handshakes).flatMap(([name, list]) => list.map((each) => [code(name), ...handshake(each)]));
  return page(
    'Signature schemes',
    'libs/credentials',
    INTRODUCTION,
    table(HEADINGS, rows),
    EXAMPLE,
    BUILT,
    table(['scheme', 'signature in', 'made with', 'over', 'tolerance'], built),
    ASKED,
    table(['scheme', 'request', 'answer'], asked),
    SHOWN,
    table(['scheme', 'shown by', 'which'], shown(evidence)),
  );
}

const INTRODUCTION = `What \`scheme\` of a credential of type \`hmac\` can name. Any single field can be overridden beside it, and
a vendor that is not here is described by the same fields without \`scheme\`.`;

const HEADINGS = ['scheme', 'signature in', 'made with', 'over', 'time and tolerance', 'signed id'];

const EXAMPLE = `\`\`\`jsonc
// flows/credentials.json
{
  "github": { "type": "hmac", "scheme": "github", "secrets": [{ "env": "GITHUB_WEBHOOK_SECRET" }] },
  "own": { "type": "hmac", "header": "x-signature", "prefix": "sha256=", "algorithm": "sha256", "secrets": [{ "env": "OWN_SECRET" }] }
}
\`\`\``;

const BUILT = `## Schemes that are code

What they sign has to be rebuilt from the request. They are named in \`scheme\` like the others; their fields cannot be overridden.`;

const ASKED = `## Handshakes

Requests by which a vendor asks whether the URL is yours. They are answered at once, make no event, and need no entry in
\`methods\`.`;

const SHOWN = `## How each is known to be right

*library*: requests that the vendor's own library signed are accepted, and both judge altered ones alike. *example*: an example that
the vendor published. *documentation*: requests signed as the vendor's pages or source say; nothing of the vendor's own was run.`;

function shown(evidence) {
  const order = ['library', 'example', 'documentation'];
  const rows = Object.entries(evidence).sort(([, a], [, b]) => order.indexOf(a.by) - order.indexOf(b.by));
  return rows.map(([name, { by, what = '' }]) => [code(name), by, what]);
}

function handshake({ method, signed, when = [], answer }) {
  const tests = when.map(({ at, is, like, absent, isVerifyToken }) => {
    if (absent) return `without ${code(at)}`;
    if (isVerifyToken) return `${code(at)} is the credential's \`verifyToken\``;
    return is !== undefined ? `${code(at)} is ${code(String(is))}` : like ? `${code(at)} like ${code(like.source)}` : `with ${code(at)}`;
  });
  return [
    [`${method}${signed ? ', signed' : ''}`, ...tests].join('; '),
    [answer.status, answer.type, answer.body && code(answer.body)].filter(Boolean).join(' '),
  ];
}

function names(name, aliases) {
  const others = Object.keys(aliases).filter((alias) => aliases[alias] === name);
  return [code(name), ...(others.length > 0 ? [`(also ${others.map(code).join(', ')})`] : [])].join(' ');
}

function where({ header, signature, prefix, separator }) {
  const place = header === undefined ? code(signature) : [header].flat().map(code).join(' or ');
  const list = separator && `several, separated by ${separator === ' ' ? 'a space' : code(separator)}`;
  return [place, prefix && `prefix ${code(prefix)}`, list].filter(Boolean).join(', ');
}

function how({ algorithm, encoding = 'hex', secret }) {
  if (algorithm === 'equals') return 'the secret itself';
  const maker = { ed25519: 'Ed25519', 'ecdsa-p256-sha256': 'ECDSA P-256' }[algorithm] ?? `HMAC-${algorithm.toUpperCase()}`;
  const { stripPrefix, decode } = secret ?? {};
  const key = [stripPrefix && `without ${code(stripPrefix)}`, decode && `from ${decode}`].filter(Boolean);
  return `${maker}, ${encoding}${key.length > 0 ? `; key ${key.join(', ')}` : ''}`;
}

function signed({ algorithm, signed: template = '{body}' }) {
  return algorithm === 'equals' ? '' : code(template);
}

function time({ timestamp }) {
  return timestamp ? `${code(timestamp.from)} in ${timestamp.unit}, ${timestamp.toleranceSeconds ?? 300} s` : '';
}
