import { useState } from 'react';
import { Link } from 'wouter';
import { person, setPerson } from '../api/person.js';
import { useStatus } from '../api/queries.js';
import type { SettingsView, StatusView } from '../api/wire.js';
import { ago, size } from '../format/format.js';
import { Header } from '../shell/shell.js';
import { HeadRow } from '../ui/head-row.js';
import { Fact, Facts } from '../ui/controls.js';
import { Loaded } from '../ui/states.js';
import { useNow } from '../ui/use-now.js';
import { useSettings } from './queries.js';

/** What this instance was told and where from. It is changed in its environment. */
export function SettingsPage() {
  const settings = useSettings();
  return (
    <>
      <Header trail={[{ label: 'Settings' }]} />
      <div className="page-body" tabIndex={0} role="region" aria-label="Settings">
        <Loaded query={useStatus()} what="the instance">
          {(status) => (
            <Loaded query={settings} what="the settings">
              {(given) => <Parts status={status} settings={given} />}
            </Loaded>
          )}
        </Loaded>
      </div>
    </>
  );
}

function Parts({ status, settings }: { readonly status: StatusView; readonly settings: SettingsView }) {
  return (
    <>
      <Instance status={status} settings={settings} />
      <You />
      <section>
        <h2>The token</h2>
        <p>
          Whoever has the token may do everything here. To change it, write another one into <code>MILLRACE_TOKEN</code>, or delete the file{' '}
          <code>token</code> in <code>MILLRACE_HOME</code>, and start again: browsers and scripts then have to sign in anew.
        </p>
      </section>
      <Table settings={settings.settings} />
    </>
  );
}

/** How the audit log names whoever sits here. */
function You() {
  const [name, setName] = useState(person);
  return (
    <section>
      <h2>You</h2>
      <label className="settings-you">
        Your name
        <input
          className="input"
          value={name}
          maxLength={100}
          autoComplete="name"
          onChange={({ target }) => {
            setName(target.value);
            setPerson(target.value);
          }}
        />
        <span className="dim">
          Stands beside what you change in the{' '}
          <Link className="link" href="/audit">
            audit log
          </Link>
          . This browser remembers it; nobody checks it.
        </span>
      </label>
    </section>
  );
}

function Instance({
  status,
  settings: { database, queue, runtime, settings },
}: {
  readonly status: StatusView;
  readonly settings: SettingsView;
}) {
  const now = useNow();
  const valueOf = (variable: string): string => settings.find((one) => one.variable === variable)?.value ?? 'not set';
  return (
    <section>
      <h2>This instance</h2>
      <Facts>
        <Fact label="Version">
          Millrace {status.version}, Node {runtime}
        </Fact>
        <Fact label="Started">{ago(status.startedAt, now)}</Fact>
        <Fact label="Public URL">
          <code>{status.publicUrl}</code>
        </Fact>
        <Fact label="Database">
          PostgreSQL {database.version}, {database.kind === 'private' ? 'private, in MILLRACE_HOME' : 'that of DATABASE_URL'},{' '}
          {size(database.bytes)}
        </Fact>
        <Fact label="Queue">{queue === 'redis' ? 'Redis' : 'in the database'}</Fact>
        <Fact label="History is kept">{valueOf('MILLRACE_RETENTION')}</Fact>
      </Facts>
    </section>
  );
}

const COLUMNS = ['Variable', 'Value', 'From', 'What it is'];

function Table({ settings }: { readonly settings: SettingsView['settings'] }) {
  return (
    <section>
      <h2>Settings</h2>
      <p className="dim">
        From the environment and the file <code>.env</code>, read when the process starts.
      </p>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="All settings">
        <table className="table settings-table">
          <HeadRow names={COLUMNS} />
          <tbody>
            {settings.map((setting) => (
              <SettingRow key={setting.variable} setting={setting} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function SettingRow({ setting: { variable, about, value, isSet, isSecret } }: { readonly setting: SettingsView['settings'][number] }) {
  return (
    <tr>
      <td>
        <code>{variable}</code>
      </td>
      <td>{isSecret ? <span className="dim">{isSet ? 'set, not shown' : 'not set'}</span> : <code>{value ?? '–'}</code>}</td>
      <td className="dim">{isSet ? 'environment' : 'default'}</td>
      <td className="dim">{about}</td>
    </tr>
  );
}
