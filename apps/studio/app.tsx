import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { ApiFailure } from './api/client.js';
import { newQueryClient, useComponents, useFlow, useRun, useRuns, useStatus } from './api/queries.js';
import { useLive } from './live/live.js';
import { OperationsPage } from './bulk/operations-page.js';
import { draftQuery } from './editor/opening.js';
import { CredentialsPage } from './pages/credentials-page.js';
import { EventsPage } from './pages/events-page.js';
import { FlowsPage } from './pages/flows-page.js';
import { HealthPage } from './pages/health-page.js';
import { RunsPage } from './pages/runs-page.js';
import { SignInPage } from './pages/sign-in-page.js';
import { VersionsPage } from './pages/versions-page.js';
import { WelcomePage } from './pages/welcome-page.js';
import { Shell } from './shell/shell.js';
import { Shortcuts } from './shell/shortcuts.js';
import { Part } from './ui/part.js';
import { Empty, Loading } from './ui/states.js';
import { whenIdle } from './ui/when-idle.js';

export function App() {
  const [client] = useState(newQueryClient);
  return (
    <QueryClientProvider client={client}>
      <Door />
    </QueryClientProvider>
  );
}

/** Whoever has no session sees the way in and nothing else. */
function Door() {
  const { error } = useStatus();
  if (error instanceof ApiFailure && error.status === 401) return <SignInPage />;
  return <Studio />;
}

function Studio() {
  useLive();
  // Most visits look at a run sooner or later: its code comes while nothing else is to be done.
  useEffect(() => whenIdle(() => void loadDrawn().catch(() => undefined)), []);
  return (
    <Shell>
      <Pages />
      <Shortcuts />
    </Shell>
  );
}

function Pages() {
  return (
    <Switch>
      <Route path="/">
        <Start />
      </Route>
      <Route path="/welcome">
        <WelcomePage />
      </Route>
      <Route path="/flows">
        <FlowsPage />
      </Route>
      <Route path="/flows/:id/runs">{({ id }) => <RunsPage flow={id} />}</Route>
      <Route path="/flows/:id/versions">{({ id }) => <VersionsPage key={id} id={id} />}</Route>
      <Route path="/flows/:id/edit">{({ id }) => <EditorRoute id={id} />}</Route>
      <Route path="/flows/:id">{({ id }) => <FlowRoute id={id} />}</Route>
      <Route path="/runs">
        <RunsPage />
      </Route>
      <Route path="/runs/:id">{({ id }) => <RunRoute id={id} />}</Route>
      <Route path="/operations">
        <OperationsPage />
      </Route>
      <Route path="/events">
        <EventsPage kind="accepted" />
      </Route>
      <Route path="/events/:id">{({ id }) => <EventsPage kind="accepted" id={id} />}</Route>
      <Route path="/refusals/:id">{({ id }) => <EventsPage kind="refused" id={id} />}</Route>
      <Route path="/credentials">
        <CredentialsPage />
      </Route>
      <Route path="/credentials/:name">
        {({ name }) => <Connect>{({ CredentialPage }) => <CredentialPage key={name} name={decodeURIComponent(name)} />}</Connect>}
      </Route>
      <Route path="/endpoints">
        <Connect>{({ EndpointsPage }) => <EndpointsPage />}</Connect>
      </Route>
      <Route path="/endpoints/:name/details">
        {({ name }) => <Connect>{({ EndpointPage }) => <EndpointPage key={name} name={name} />}</Connect>}
      </Route>
      <Route path="/settings">
        <Connect>{({ SettingsPage }) => <SettingsPage />}</Connect>
      </Route>
      <Route path="/audit">
        <Connect>{({ AuditPage }) => <AuditPage />}</Connect>
      </Route>
      <Route path="/health">
        <HealthPage />
      </Route>
      <Route>
        <Empty title="There is no such page." />
      </Route>
    </Switch>
  );
}

/** Pages whose code comes together when one of them is first shown: `<Drawn>{({ RunPage }) => …}</Drawn>`. */
function pagesOf<Pages>(name: string, load: () => Promise<Pages>) {
  return ({ children }: { readonly children: (pages: Pages) => ReactNode }) => (
    <Part name={name} what="the page" load={load}>
      {children}
    </Part>
  );
}

const loadDrawn = () => import('./run/drawn-pages.js');
const Drawn = pagesOf('drawn', loadDrawn);
const Connect = pagesOf('connect', () => import('./connect/pages.js'));

/** What a page shows is asked for together with its code. */
function RunRoute({ id }: { readonly id: string }) {
  useRun(id);
  return <Drawn>{({ RunPage }) => <RunPage key={id} id={id} />}</Drawn>;
}

function FlowRoute({ id }: { readonly id: string }) {
  useFlow(id);
  return <Drawn>{({ FlowPage }) => <FlowPage key={id} id={id} />}</Drawn>;
}

/** What the editor opens is asked for together with its code, which brings the flow library along. */
function EditorRoute({ id }: { readonly id: string }) {
  useQuery(draftQuery(id));
  useComponents();
  return (
    <Part name="editor" what="the editor" load={() => import('./editor/editor-page.js')}>
      {({ EditorPage }) => <EditorPage key={id} id={id} />}
    </Part>
  );
}

/** Whoever has no runs yet begins at the beginning. */
function Start() {
  const { data, error } = useRuns({});
  if (data) return data.pages[0]?.items.length === 0 ? <Redirect to="/welcome" replace /> : <Redirect to="/runs" replace />;
  return error ? <Redirect to="/welcome" replace /> : <Loading what="the studio" />;
}
