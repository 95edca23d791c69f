import { StepError, type Json } from '@millrace/component-sdk';
import { statusAtBirth, type Catalog, type LiveFlow } from '@millrace/catalog';
import { triggerOf, type Call, type Calls, type ClaimedRun } from '@millrace/engine';
import type { PostgresFlowStore, PostgresRunStarter } from '@millrace/postgres';

interface CallParts {
  readonly catalog: Pick<Catalog, 'flow'>;
  /** What is stored of a flow that is not live. */
  readonly flows: Pick<PostgresFlowStore, 'find'>;
  readonly starter: PostgresRunStarter;
  /** Runs are due: look now. */
  ring(): void;
}

/** Starts the runs that `call` steps ask for, each on the version that is live then. */
export function flowCalls({ catalog, flows, starter, ring }: CallParts): Calls {
  return {
    begin: async (caller, call) => {
      const live = catalog.flow(call.flowId);
      if (!live) throw await notThere(call.flowId, flows);
      const flow = callable(live, call);
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

async function notThere(flowId: string, flows: CallParts['flows']): Promise<StepError> {
  const stored = await flows.find(flowId);
  const version = stored?.archived ? stored.liveVersion : null;
  return refused(
    'call.unknown-flow',
    version === null
      ? `There is no flow ${flowId} to call. Add it, then re-run.`
      : `The flow ${flowId} was archived, so that nothing can call it. Roll back to its version ${version} to bring it back (millrace rollback ${flowId} ${version}), then re-run.`,
  );
}

function callable(flow: LiveFlow, { flowId, input }: Call): LiveFlow {
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
