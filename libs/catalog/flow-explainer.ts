import type { Problem } from '@millrace/flow';
import type { Log } from '@millrace/telemetry';
import type { LiveFlow } from './live.js';

/** Tells the log why texts of the folder are not live. */
export class FlowExplainer {
  private readonly explained = new Map<string, string>();

  constructor(private readonly log: Log) {}

  /** It checks now; what is wrong with it later is said again. */
  forget(id: string): void {
    this.explained.delete(id);
  }

  /** A flow that only waits for its secrets gets one line, anything else is shown where it stands; once, until it changes. */
  explain(id: string, path: string, problems: readonly Problem[], live: LiveFlow | undefined): void {
    const said = JSON.stringify(problems);
    if (this.explained.get(id) === said) return;
    this.explained.set(id, said);
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (errors.every(({ code }) => code === 'credential.missing-secret')) {
      const variables = new Set(errors.flatMap(({ message }) => /environment variable ([^\s;]+)/.exec(message)?.[1] ?? []));
      const stays = live?.rules
        ? `Version ${live.version} of flow ${id} stays live, the new text is not enabled`
        : `Flow ${id} is not enabled`;
      this.log[live?.rules ? 'warn' : 'info'](`${stays}: set ${[...variables].join(', ')} and start again`);
      return;
    }
    if (live?.rules) this.log.warn(`Version ${live.version} of flow ${id} stays live, the new text does not check:`);
    for (const { line, column, message } of problems) this.log.warn(`${path}:${line}:${column}: ${message}`);
  }
}
