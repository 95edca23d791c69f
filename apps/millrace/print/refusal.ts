import type { RefusalDetail, RefusalPage } from '../../control-api/index.js';
import { printable } from './text.js';
import { localTime } from './time.js';

type Refusal = RefusalPage['items'][number];
type Diagnosis = NonNullable<RefusalDetail['diagnosis']>;

/** Two lines per refusal, newest first: what came and what it was answered, then why. */
export function refusalList({ items }: RefusalPage): string {
  return items.map((refusal) => `${headline(refusal)}\n    ${refusal.id}  ${printable(refusal.reason)}`).join('\n');
}

/** One refusal with what the doctor found: what it is and what to do, most likely first. */
export function refusalDetails(refusal: RefusalDetail): string {
  const { diagnosis } = refusal;
  const lines = [headline(refusal), `    ${printable(refusal.reason)}`];
  if (!diagnosis) return [...lines, '', 'Nothing more is known about it.'].join('\n');
  return [...lines, ...diagnosis.findings.flatMap(findingLines), ...signedLines(diagnosis)].join('\n');
}

function headline({ at, status, code, method, url, caller }: Refusal): string {
  const request = `${printable(method)} ${printable(url)}${caller === null ? '' : ` from ${printable(caller)}`}`;
  return `${localTime(at)}  ${status} ${code}  ${request}`;
}

function findingLines({ code, message, advice, certain }: Diagnosis['findings'][number]): string[] {
  return ['', `${certain ? 'Certain' : 'Likely'}: ${printable(message)} (${code})`, `    ${printable(advice)}`];
}

function signedLines({ signed }: Diagnosis): string[] {
  if (!signed) return [];
  const { algorithm, encoding, template, place, parts = [], expected, received } = signed;
  return [
    '',
    `Signed: ${printable(template)} with ${algorithm}, in ${encoding}, from the ${printable(place)}`,
    ...parts.map(({ part, bytes, start }) => `    ${printable(part)}  ${bytes} bytes  ${printable(JSON.stringify(start))}`),
    ...expected.map(({ secret, digest }) => `    expected ${digest}…  by ${printable(secret)}`),
    ...received.map(({ bytes, digest }) => `    received ${digest}…  ${bytes} bytes`),
  ];
}
