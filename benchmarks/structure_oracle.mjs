// Node's own answer, and TypeScript's for its sources: which of the imports on standard input are found?
import { createRequire } from 'node:module';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const { questions, typescript } = JSON.parse(readFileSync(0, 'utf8'));
const ts = createRequire(typescript)('./lib/typescript.js');
const isFile = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

const ways = {
  require: (file, name) => isFile(createRequire(file).resolve(name)),
  import: (file, name) => isFile(fileURLToPath(import.meta.resolve(name, pathToFileURL(file)))),
  typescript: (file, name) => {
    const plain = name.split('?')[0];
    for (const kind of [ts.ModuleResolutionKind.Bundler, ts.ModuleResolutionKind.Node10]) {
      const options = { moduleResolution: kind, module: ts.ModuleKind.ESNext, allowJs: true, resolveJsonModule: true };
      if (ts.resolveModuleName(plain, file, options, ts.sys).resolvedModule) return true;
    }
    return false;
  },
};

const answers = questions.map(([file, name, asked]) =>
  asked.some((way) => {
    try {
      return ways[way](file, name);
    } catch {
      return false;
    }
  }),
);
process.stdout.write(JSON.stringify(answers));
