/** A command that sends a small event. Single quotes hold everything in a shell, and JSON has none. */
export function curlLine(url: string, body: string = SAMPLE): string {
  return `curl -d '${body.replaceAll("'", "'\\''")}' -H 'content-type: application/json' ${url}`;
}

export function fetchLine(url: string): string {
  return `await fetch('${url}', {\n  method: 'POST',\n  headers: { 'content-type': 'application/json' },\n  body: JSON.stringify(${SAMPLE}),\n});`;
}

export const SAMPLE = '{"name":"Ada","email":"ada@example.com","seats":60}';
