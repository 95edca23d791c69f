import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fakeCredentials, judge, parseCases, runCase, StuckCase, type CaseWorld, type Difference, type FlowCase } from '@millrace/cases';
import { installedComponents, readFlowFolder, schemaCheck, type ComponentRegistry, type FlowFile } from '@millrace/catalog';
import { builtinComponents } from '@millrace/components';
import type { Config } from '@millrace/config';
import { checkFlow, flowInfo, hasErrors, parseFlow, type Flow } from '@millrace/flow';
import { findFlowFiles, shown } from '../validate/files.js';
import type { Finding } from '../validate/findings.js';
import { placedAt } from '../validate/place.js';
import { strayCases } from '../validate/stray-cases.js';

/** A flow with its cases, ready to run. */
export interface Suite {
  readonly flow: string;
  /** The cases file, as a person would write its path here. */
  readonly file: string;
  readonly cases: readonly FlowCase[];
  /** Runs one of the cases; nothing when it holds. */
  run(one: FlowCase): Promise<Difference[]>;
  /** `file:line:column` of something in a case, by JSON pointer. */
  where(one: FlowCase, pointer: string): string;
}

export interface Suites {
  readonly suites: readonly Suite[];
  /** What keeps flows or cases from being run. */
  readonly findings: readonly Finding[];
  /** Flows that have no cases file. */
  readonly without: readonly string[];
}

type Places = Pick<Config, 'cwd' | 'home' | 'flows' | 'credentials' | 'plugins'>;

interface Shop extends Omit<CaseWorld, 'flows'> {
  readonly registry: ComponentRegistry;
  readonly cwd: string;
}

/** Reads flows, their cases and what they need. Paths are files and folders, none means the flows folder. Needs no database and no secrets. */
export async function openSuites(own: Places, paths: readonly string[]): Promise<Suites> {
  const config = await placedAt(own, paths);
  const { cwd } = config;
  const [found, stray, { registry, problems }, credentialsText] = await Promise.all([
    findFlowFiles(paths, config),
    strayCases(paths, config),
    installedComponents(builtinComponents, config),
    readIfThere(config.credentials),
  ]);
  const credentials = fakeCredentials(credentialsText ?? '{}');
  const shop: Shop = { registry, cwd, credentials, component: (name) => registry.get(name), schemaCheck };
  const read = await Promise.all(found.files.map((file) => openSuite(file, shop)));
  const broken = problems.map(({ code, plugin, message }): Finding => ({ file: shown(plugin, cwd), severity: 'error', code, message }));
  return {
    suites: read.flatMap(({ suite }) => suite ?? []),
    findings: [...found.findings, ...stray, ...broken, ...read.flatMap(({ findings }) => findings)],
    without: read.flatMap(({ suite, findings }, index) => (suite || findings.length > 0 ? [] : found.files[index]!.id)),
  };
}

interface Opened {
  readonly suite?: Suite;
  readonly findings: readonly Finding[];
}

/** A flow that does not check runs no cases. */
async function openSuite(file: FlowFile, shop: Shop): Promise<Opened> {
  const [siblings, text] = await Promise.all([flowsBeside(file, shop), readIfThere(resolve(shop.cwd, casesPath(file.path)))]);
  const infos = new Map([...siblings].map(([id, flow]) => [id, flowInfo(flow)]));
  const options = { flowId: file.id, components: shop.registry.all, credentials: shop.credentials.known, flows: infos };
  const { flow, problems } = checkFlow(file.text, options);
  if (!flow || hasErrors(problems)) return { findings: problems.map((problem) => findingOf(file.path, problem)) };
  if (text === undefined) return { findings: [] };
  const path = casesPath(file.path);
  const { cases, problems: own, position } = parseCases(text, flow, siblings);
  if (own.length > 0) return { findings: own.map((problem) => findingOf(path, problem)) };
  const where = (one: FlowCase, pointer: string): string => {
    const { line, column } = position(`/${cases.indexOf(one)}${pointer}`);
    return `${path}:${line}:${column}`;
  };
  const run = (one: FlowCase): Promise<Difference[]> => differences(flow, one, { ...shop, flows: siblings });
  return { suite: { flow: file.id, file: path, cases, run, where }, findings: [] };
}

async function differences(flow: Flow, one: FlowCase, world: CaseWorld): Promise<Difference[]> {
  try {
    return judge(one, await runCase(flow, one, world));
  } catch (error) {
    if (error instanceof StuckCase) return [{ what: error.message, pointer: '' }];
    throw error;
  }
}

/** What the flow may call; files that cannot be read as flows are no flows here, and reported for their own sake. */
async function flowsBeside({ path }: FlowFile, { cwd }: Shop): Promise<Map<string, Flow>> {
  const files = await readFlowFolder(dirname(resolve(cwd, path)));
  return new Map(
    files.flatMap(({ id, text }) => {
      const { flow } = parseFlow(text);
      return flow ? [[id, flow] as const] : [];
    }),
  );
}

function casesPath(flowPath: string): string {
  return flowPath.replace(/\.json$/, '.cases.json');
}

function findingOf(
  file: string,
  { code, severity, message, line, column }: Omit<Finding, 'file' | 'at'> & { line: number; column: number },
): Finding {
  return { file, at: { line, column }, severity, code, message };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
