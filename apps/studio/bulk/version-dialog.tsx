import { useState } from 'react';
import { useFlows } from '../api/queries.js';
import { Button } from '../ui/controls.js';
import { Modal, ModalTitle } from '../ui/modal.js';
import { isOutdated, liveVersions, type Ran } from './versions.js';
import { VersionChoice, type VersionName } from './version-choice.js';

/** The version that a run was on, and another one that is live now. */
export interface TwoVersions {
  readonly same: number;
  readonly live: number;
}

interface Outdated {
  /** It is not known yet which version is live. */
  readonly isPending: boolean;
  /** Undefined: the run was on the live version, or none is live. */
  readonly versions: TwoVersions | undefined;
}

/** Whether one run was on another version than the live one: whoever repeats it chooses then, for it may fail as before. */
export function useOutdatedRun(run: Ran): Outdated {
  const flows = useFlows();
  const live = flows.data && liveVersions(flows.data);
  const versions = live && isOutdated(run, live) ? { same: run.version, live: live.get(run.flowId)! } : undefined;
  return { isPending: flows.isLoading, versions };
}

interface DialogProps {
  /** What is done, on title and button: `Retry`. */
  readonly verb: string;
  /** What that means, in one sentence, where it is not said elsewhere. */
  readonly about?: string | undefined;
  readonly versions: TwoVersions;
  readonly onClose: () => void;
  readonly onChosen: (version: VersionName) => void;
}

/** Asks on which version one run is repeated; the live one stands there first. */
export function VersionDialog({ verb, about, versions, onClose, onChosen }: DialogProps) {
  const [version, setVersion] = useState<VersionName>('live');
  return (
    <Modal open onClose={onClose} className="order">
      <ModalTitle>{verb}</ModalTitle>
      <form
        className="order-form"
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          onChosen(version);
        }}
      >
        {about !== undefined && <p className="dim">{about}</p>}
        <RunVersionChoice versions={versions} value={version} onChange={setVersion} />
        <div className="actions">
          <Button type="submit" look="ink">
            {verb} on version {versions[version]}
          </Button>
          <Button onClick={onClose}>Leave it</Button>
        </div>
      </form>
    </Modal>
  );
}

interface RunChoiceProps {
  readonly versions: TwoVersions;
  readonly value: VersionName;
  readonly onChange: (version: VersionName) => void;
}

/** The same choice within another form. */
export function RunVersionChoice({ versions: { same, live }, value, onChange }: RunChoiceProps) {
  const names = { same: `Version ${same}, which it ran on`, live: `Version ${live}, which is live now` };
  return <VersionChoice {...{ value, onChange, names }} why={`The run was on version ${same}; version ${live} is live now.`} />;
}
