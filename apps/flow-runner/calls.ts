import { StepError, type Json } from '@millrace/component-sdk';
import { statusAtBirth, type Catalog, type LiveFlow } from '@millrace/catalog';
import { triggerOf, type Call, type Calls, type ClaimedRun } from '@millrace/engine';
import type { PostgresRunStarter } from '@millrace/postgres';

interface CallParts {
  readonly catalog: Pick<Catalog, 'flow'>;
  readonly starter: PostgresRunStarter;
  /** Runs are due: look now. */
  ring(): void;
}

/** Starts the runs that `call` steps ask for, each on the version that is live then. */
export function flowCalls({ catalog, starter, ring }: CallParts): Calls {
  return {
    begin: async (caller, call) => {
      const flow = callable(catalog.flow(call.flowId), call);
      const event = eventOf(caller, call);
      await starter.start(event, {
        id: call.runId,
        version: flow.version,
        status: statusAtBirth(caller.dry ? { ...flow, rate: undefined } : flow),
        parent: caller.id,
        awaited: call.awaited,
        depth: (caller.depth ?? 0) + 1,
        dry: caller.dry ?? false,
        test: caller.test ?? false,
        priority: flow.priority,
        // A rehearsal holds nobody up, nor does a test.
        lane: caller.dry || caller.test ? undefined : flow.lane?.of(triggerOf(event, { body: call.input, files: [] })),
      });
      ring();
    },
    outcome: (runId) => starter.outcome(runId),
  };
}

function callable(flow: LiveFlow | undefined, { flowId, input }: Call): LiveFlow {
  if (!flow) throw refused('call.unknown-flow', `There is no flow ${flowId} to call. Add it, then re-run.`);
  if (!flow.trigger)
    throw refused('call.not-enabled', `The flow ${flowId} cannot be called: ${flow.problems[0]?.message ?? 'no version of it is live'}`);
  const problem = flow.inputProblem?.(input);
  if (problem) throw refused('call.invalid-input', `The input does not fit the flow ${flowId}: ${problem}`);
  return flow;
}

function refused(code: string, message: string): StepError {
  return new StepError({ code, message, blame: 'author', arrived: 'no' });
}

/** The event has the id of the run: whoever calls twice finds it taken. */
function eventOf(caller: ClaimedRun, { runId, flowId, path, input }: Call): Parameters<PostgresRunStarter['start']>[0] {
  return {
    id: runId,
    flowId,
    receivedAt: Date.now(),
    method: 'CALL',
    url: '',
    headers: { 'content-type': 'application/json' },
    body: bytesOf(input),
    origin: { kind: 'call', runId: caller.id, path },
  };
}

function bytesOf(input: Json): Uint8Array {
  return Buffer.from(JSON.stringify(input));
}
