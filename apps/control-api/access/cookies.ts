const NAME = 'millrace_session';

/** The session in a Cookie header, if it is there. */
export function cookie(header: string | undefined): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${NAME}=`))?.slice(NAME.length + 1);
}

/** Gone when the browser closes, out of reach for scripts, and never sent along from other sites. */
export function sessionCookie(session: string, secure: boolean): string {
  return `${NAME}=${session}; HttpOnly; SameSite=Strict; Path=/${secure ? '; Secure' : ''}`;
}

/** Takes the session out of the browser. */
export function expiredCookie(secure: boolean): string {
  return `${sessionCookie('', secure)}; Max-Age=0`;
}
