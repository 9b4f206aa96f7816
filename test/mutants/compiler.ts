import { join } from 'node:path';
import ts from 'typescript';
import type { Mutant } from './mutate.ts';

/** What the compiler says of names that nothing uses any more: a fault of taste, not of types. */
const UNUSED = new Set([6133, 6192, 6196, 6198, 6199]);

/** Tells which mutants the compiler refuses: nobody can make that mistake and ship it. */
export function createCompiler(root: string): (mutant: Mutant, source: string) => boolean {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
      },
    },
  );
  if (config === undefined) throw new Error('tsconfig.json was not found.');
  let changed = { path: '', text: '', version: 0 };
  const service = ts.createLanguageService({
    // Only the changed file is asked about; what it imports comes with it.
    getScriptFileNames: () => [changed.path],
    getScriptVersion: (name) => (name === changed.path ? String(changed.version) : '0'),
    getScriptSnapshot: (name) => {
      const text = name === changed.path ? changed.text : ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getCompilationSettings: () => config.options,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (name) => ts.sys.fileExists(name),
    readFile: (name) => ts.sys.readFile(name),
    directoryExists: (name) => ts.sys.directoryExists(name),
    getDirectories: (name) => ts.sys.getDirectories(name),
  });
  return ({ file, start, end, replacement }, source) => {
    const path = join(root, file);
    const text = source.slice(0, start) + replacement + source.slice(end);
    changed = { path, text, version: changed.version + 1 };
    return [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)].some(
      ({ code }) => !UNUSED.has(code),
    );
  };
}
