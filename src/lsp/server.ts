/** The language server (Language Server Protocol 3.17) for manifests, over two streams. */
import {
  CodeActionKind,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  TextDocumentSyncKind,
  createConnection,
} from 'vscode-languageserver/node'
import type { Connection, InitializeParams, InitializeResult } from 'vscode-languageserver/node'
import { messageOf } from '../primitives/coded-error.ts'
import { codeActionsAt } from './code-actions.ts'
import { completionsAt } from './completion.ts'
import { definitionsAt } from './definition.ts'
import { hoverAt } from './hover.ts'
import { problemsOf } from './problems.ts'
import type { Problem } from './problems.ts'
import { isManifestUri, readManifestFile, readWorkspaceFolder } from './workspace-files.ts'
import { createWorkspace } from './workspace.ts'
import type { Workspace } from './workspace.ts'

interface ServerOptions {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly version: string
  readonly signal: AbortSignal
}

/** Keystrokes closer together than this are looked at once, in milliseconds. */
const QUIET = 120

const capabilities: InitializeResult['capabilities'] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Full },
  completionProvider: { triggerCharacters: [' ', '-'] },
  hoverProvider: true,
  definitionProvider: true,
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.SourceFixAll] },
}

const foldersOf = ({ workspaceFolders, rootUri }: InitializeParams): readonly string[] =>
  workspaceFolders?.map(({ uri }) => uri) ?? (rootUri === null || rootUri === undefined ? [] : [rootUri])

const problemsIn = (workspace: Workspace, uri: string): readonly Problem[] =>
  problemsOf(
    workspace.textOf(uri) ?? '',
    workspace.findings().filter(({ subject }) => subject.manifest.source === uri),
    workspace.errorsOf(uri),
  )

/** Diagnostics of every open document, once nobody has typed for a moment: objects of one speak of others. */
const createPublisher = (connection: Connection, workspace: Workspace): (() => void) => {
  let timer: NodeJS.Timeout | undefined
  return () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      try {
        for (const uri of workspace.openUris()) {
          const diagnostics = problemsIn(workspace, uri).map(({ diagnostic }) => diagnostic)
          void connection.sendDiagnostics({ uri, diagnostics })
        }
      } catch (error) {
        // A fault in one look must not end the editor's session.
        connection.console.error(messageOf(error))
      }
    }, QUIET)
  }
}

const followDocuments = (connection: Connection, workspace: Workspace, publish: () => void): void => {
  connection.onDidOpenTextDocument(({ textDocument: { uri, text } }) => {
    workspace.setOpen(uri, text)
    publish()
  })
  connection.onDidChangeTextDocument(({ textDocument: { uri }, contentChanges }) => {
    workspace.setOpen(uri, contentChanges.at(-1)?.text ?? '')
    publish()
  })
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    workspace.setOpen(uri, undefined)
    void connection.sendDiagnostics({ uri, diagnostics: [] })
    publish()
  })
}

interface Session {
  readonly connection: Connection
  readonly workspace: Workspace
  readonly publish: () => void
  readonly signal: AbortSignal
}

const readFolders = async (
  { connection, workspace, publish, signal }: Session,
  { folders, watches }: { readonly folders: readonly string[]; readonly watches: boolean },
): Promise<void> => {
  if (watches) {
    await connection.client.register(DidChangeWatchedFilesNotification.type, {
      watchers: [{ globPattern: '**/*.{yaml,yml,json}' }],
    })
  }
  for (const folder of folders) {
    for (const [uri, text] of await readWorkspaceFolder(folder, signal)) workspace.setFile(uri, text)
  }
  publish()
}

const followFiles = (session: Session, version: string): void => {
  const { connection, workspace, publish, signal } = session
  let start = { folders: [] as readonly string[], watches: false }
  connection.onInitialize((params) => {
    const watches = params.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true
    start = { folders: foldersOf(params), watches }
    return { capabilities, serverInfo: { name: 'weft', version } }
  })
  connection.onInitialized(() => readFolders(session, start))
  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    for (const { uri, type } of changes.filter((change) => isManifestUri(change.uri))) {
      workspace.setFile(
        uri,
        type === FileChangeType.Deleted ? undefined : await readManifestFile(uri, signal),
      )
    }
    publish()
  })
}

const answer = ({ connection, workspace }: Session): void => {
  connection.onCompletion(({ textDocument: { uri }, position }) => [
    ...completionsAt(workspace, uri, position),
  ])
  connection.onHover(({ textDocument: { uri }, position }) => {
    const text = workspace.textOf(uri)
    return text === undefined ? null : (hoverAt(text, position) ?? null)
  })
  connection.onDefinition(({ textDocument: { uri }, position }) => [
    ...definitionsAt(workspace, uri, position),
  ])
  connection.onCodeAction(({ textDocument: { uri }, range, context: { only } }) => [
    ...codeActionsAt({ uri, text: workspace.textOf(uri) ?? '', range, only }, problemsIn(workspace, uri)),
  ])
}

/** Serves one client until it says exit, hangs up, or the signal ends it. The exit code is that of the protocol. */
export const serveLanguage = ({ input, output, version, signal }: ServerOptions): Promise<number> => {
  const connection = createConnection(input, output)
  const workspace = createWorkspace()
  const publish = createPublisher(connection, workspace)
  const session = { connection, workspace, publish, signal }
  followFiles(session, version)
  followDocuments(connection, workspace, publish)
  answer(session)
  return new Promise((resolve) => {
    let isShutDown = false
    const end = (): void => {
      connection.dispose()
      resolve(isShutDown ? 0 : 1)
    }
    connection.onShutdown(() => {
      isShutDown = true
    })
    connection.onExit(end)
    input.once('end', end)
    signal.addEventListener('abort', end, { once: true })
    connection.listen()
  })
}
