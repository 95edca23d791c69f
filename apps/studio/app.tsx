import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { ApiFailure } from './api/client.js';
import { newQueryClient, useRuns, useStatus } from './api/queries.js';
import { useLive } from './live/live.js';
import { CredentialsPage } from './pages/credentials-page.js';
import { EventsPage } from './pages/events-page.js';
import { FlowPage } from './pages/flow-page.js';
import { FlowsPage } from './pages/flows-page.js';
import { HealthPage } from './pages/health-page.js';
import { RunsPage } from './pages/runs-page.js';
import { SignInPage } from './pages/sign-in-page.js';
import { VersionsPage } from './pages/versions-page.js';
import { WelcomePage } from './pages/welcome-page.js';
import { RunPage } from './run/run-page.js';
import { Shell } from './shell/shell.js';
import { Shortcuts } from './shell/shortcuts.js';
import { Empty, Loading } from './ui/states.js';

/** With the flow library, which only the editor needs. */
const EditorPage = lazy(() => import('./editor/editor-page.js'));

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
      <Route path="/flows/:id/edit">
        {({ id }) => (
          <Suspense fallback={<Loading what="the editor" />}>
            <EditorPage key={id} id={id} />
          </Suspense>
        )}
      </Route>
      <Route path="/flows/:id">{({ id }) => <FlowPage key={id} id={id} />}</Route>
      <Route path="/runs">
        <RunsPage />
      </Route>
      <Route path="/runs/:id">{({ id }) => <RunPage key={id} id={id} />}</Route>
      <Route path="/events">
        <EventsPage kind="accepted" />
      </Route>
      <Route path="/events/:id">{({ id }) => <EventsPage kind="accepted" id={id} />}</Route>
      <Route path="/refusals/:id">{({ id }) => <EventsPage kind="refused" id={id} />}</Route>
      <Route path="/credentials">
        <CredentialsPage />
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

/** Whoever has no runs yet begins at the beginning. */
function Start() {
  const { data, error } = useRuns({});
  if (data) return data.pages[0]?.items.length === 0 ? <Redirect to="/welcome" replace /> : <Redirect to="/runs" replace />;
  return error ? <Redirect to="/welcome" replace /> : <Loading what="the studio" />;
}
