import { join } from 'node:path';
import {
  installedComponents,
  NO_ENDPOINTS,
  readCredentials,
  readEndpoints,
  readFlowFolder,
  type CredentialBook,
  type FlowFile,
} from '@millrace/catalog';
import { builtinComponents } from '@millrace/components';
import type { Config } from '@millrace/config';
import { checkFlow, flowInfos, type CheckOptions, type Problem } from '@millrace/flow';
import { findFlowFiles, shown } from './files.js';
import type { Finding } from './findings.js';
import type { Made, NotKnown } from './made.js';
import { placedAt } from './place.js';
import { strayCases } from './stray-cases.js';

/** What was looked at, and everything that is wrong with it. */
export interface Validation {
  readonly flows: number;
  readonly findings: readonly Finding[];
}

export interface ValidateOptions {
  readonly config: Pick<Config, 'cwd' | 'home' | 'flows' | 'credentials' | 'plugins' | 'variable'>;
  /** Files and folders; none means the flows folder. */
  readonly paths: readonly string[];
  /** A variable that is not set is a warning: for places that have no secrets, such as a build server. */
  readonly withoutSecrets: boolean;
  /** What an instance has beside its files; absent: the files are all there is. */
  readonly made?: Made | NotKnown;
}

const NOTHING_MADE: Made = { endpoints: [], credentials: new Map(), saidBy: 'the files' };

/** What the credentials file says of a variable that is not set. It harms only the flows that need it, and the checker says so there. */
const SECRET_AWAY = new Set(['credential.secret-missing', 'credential.secret-empty']);

/**
 * Checks flows against the components, plugins and credentials that this installation has, and what is known to be made on an
 * instance. Where that could not be asked, a name that no file declares may be right, and is a warning.
 */
export async function validate({ config: own, paths, withoutSecrets, made = NOTHING_MADE }: ValidateOptions): Promise<Validation> {
  const config = await placedAt(own, paths);
  const { cwd, flows } = config;
  const [found, stray, loaded, book] = await Promise.all([
    findFlowFiles(paths, config),
    strayCases(paths, config),
    installedComponents(builtinComponents, config),
    readCredentials(config.credentials, config.variable),
  ]);
  const components = loaded.registry.all;
  const known = 'why' in made ? NOTHING_MADE : made;
  // What is sealed under a name, or made, goes before the file.
  const credentials = { ...book, known: new Map([...book.known, ...known.credentials]) };
  const endpointsFile = join(flows, 'endpoints.json');
  const shared = await readEndpoints(endpointsFile, credentials, NO_ENDPOINTS);
  const endpoints = new Set([...shared.names, ...known.endpoints]);
  // What is asked about may call what stands in the folder.
  const around = await readFlowFolder(flows).catch(() => []);
  const callable = flowInfos([...around, ...found.files]);
  const findings = [
    ...found.findings,
    ...stray,
    ...found.files.flatMap((file) => flowFindings(file, { components, credentials: credentials.known, endpoints, flows: callable })),
    ...problemFindings(shown(endpointsFile, cwd), shared.problems),
    ...credentialFindings(book, shown(config.credentials, cwd), config.credentials),
    ...loaded.problems.map(({ code, plugin, message }): Finding => ({ file: shown(plugin, cwd), severity: 'error', code, message })),
  ];
  const judged = 'why' in made ? findings.map((finding) => perhapsMade(finding, made)) : findings;
  return { flows: found.files.length, findings: withoutSecrets ? judged.map(asWarning) : judged };
}

function flowFindings({ id, path, text }: FlowFile, catalog: Omit<CheckOptions, 'flowId'>): Finding[] {
  return problemFindings(path, checkFlow(text, { ...catalog, flowId: id }).problems);
}

function problemFindings(file: string, problems: readonly Problem[]): Finding[] {
  return problems.map(({ code, severity, message, line, column }) => ({ file, at: { line, column }, severity, code, message }));
}

/** Messages start with the whole path, which is in `file` already. */
function credentialFindings({ problems }: CredentialBook, file: string, prefix: string): Finding[] {
  return problems
    .filter(({ code }) => !SECRET_AWAY.has(code))
    .map(({ code, message, at }) => {
      const place = at === undefined ? `${prefix}: ` : `${prefix}:${at.line}:${at.column}: `;
      const own = message.startsWith(place) ? message.slice(place.length) : message;
      return { file, ...(at && { at }), severity: 'error', code, message: own };
    });
}

/** No file declares the name, which says nothing of what was made elsewhere. */
function perhapsMade(finding: Finding, { why }: NotKnown): Finding {
  if (finding.code !== 'endpoint.unknown' && finding.code !== 'credential.unknown') return finding;
  const message = `${finding.message} Whether it was made on an instance could not be asked: ${why} With --files-only this is an error.`;
  return { ...finding, severity: 'warning', message };
}

function asWarning(finding: Finding): Finding {
  return finding.code === 'credential.missing-secret' ? { ...finding, severity: 'warning' } : finding;
}
