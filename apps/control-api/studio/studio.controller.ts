import { join } from 'node:path';
import { Controller, Get, Inject, Param, Req, Res, UseGuards } from '@nestjs/common';
import { ApiError, PLATFORM, type Platform } from '@millrace/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Doorkeeper } from '../access/doorkeeper.js';
import { PageGuard } from '../access/guard.js';
import { ChangeStream } from '../stream/change-stream.js';
import { packageFolder } from '../version.js';
import { bestEncoding, readBuiltFiles, type BuiltFile } from './built-files.js';
import { withPosition } from './page.js';
import { preloads } from './preloads.js';
import { ASSET_HEADERS, FILE_HEADERS, PAGE_HEADERS } from './headers.js';

/** Every address that is a page of the studio; the page itself looks at the rest of the address. */
const PAGES = [
  '/',
  '/welcome',
  '/flows',
  '/flows/:id',
  '/flows/:id/edit',
  '/flows/:id/runs',
  '/flows/:id/versions',
  '/runs',
  '/runs/:id',
  '/operations',
  '/events',
  '/events/:id',
  '/refusals/:id',
  '/endpoints',
  '/endpoints/:id/details',
  '/credentials',
  '/credentials/:id',
  '/health',
  '/audit',
  '/settings',
];

/** No page waits longer than this for the stream: without its position it loads anew what it has loaded when the stream begins. */
const POSITION_MS = 250;

/** The studio: the built page and its files. */
@Controller()
@UseGuards(PageGuard)
export class StudioController {
  private readonly files: ReadonlyMap<string, BuiltFile> | undefined;

  constructor(
    @Inject(PLATFORM) { log }: Platform,
    @Inject(Doorkeeper) private readonly doorkeeper: Doorkeeper,
    @Inject(ChangeStream) private readonly changes: ChangeStream,
  ) {
    this.files = readBuiltFiles(join(packageFolder(), 'dist', 'apps', 'studio'));
    if (!this.files) log.debug('The studio is not built; its pages answer 404. Run: npm run build');
  }

  @Get(PAGES)
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const page = this.find('index.html');
    if (!this.doorkeeper.isSignedIn(request)) return send(request, reply, page, PAGE_HEADERS);
    const position = await this.changes.position(POSITION_MS);
    void reply.header('link', preloads(request.url));
    send(request, reply, position === undefined ? page : withPosition(page, position), PAGE_HEADERS);
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    send(request, reply, this.find(`assets/${name}`), ASSET_HEADERS);
  }

  @Get('favicon.svg')
  icon(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    send(request, reply, this.find('favicon.svg'), FILE_HEADERS);
  }

  private find(path: string): BuiltFile {
    if (!this.files) throw new ApiError(404, 'studio.not-built', 'The studio is not built. Run npm run build and start again.');
    const file = this.files.get(path);
    if (!file) throw new ApiError(404, 'studio.file-not-found', 'The studio has no such file. After an update, load the page again.');
    return file;
  }
}

function send({ headers }: FastifyRequest, reply: FastifyReply, file: BuiltFile, sent: Readonly<Record<string, string>>): void {
  const encoding = bestEncoding(file, headers['accept-encoding']);
  if (encoding !== undefined) void reply.header('content-encoding', encoding);
  void reply.headers({ ...sent, 'content-type': file.type }).send(encoding === undefined ? file.bytes : file.encoded[encoding]);
}
