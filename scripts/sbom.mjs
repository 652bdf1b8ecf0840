// node scripts/sbom.mjs
// Prints what the image is made of, as CycloneDX. `npm sbom --omit dev` would leave out each package that something for
// development asks for as well: graphql, the database driver and a quarter of the others.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { served } from './served.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const format = ['--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
const { metadata, components, dependencies, ...rest } = JSON.parse(
  execFileSync('npm', ['sbom', ...format], { cwd: root, encoding: 'utf8', maxBuffer: 1e8 }),
);

const ours = metadata.component['bom-ref'];
const refs = new Set(served.filter(({ optional }) => !optional).map(({ name, version }) => `${name}@${version}`));
const list = {
  ...rest,
  // npm calls it by the folder it stands in.
  metadata: { ...metadata, component: { ...metadata.component, name: ours.split('@')[0] } },
  components: components.filter((component) => refs.has(component['bom-ref'])),
  dependencies: dependencies
    .filter(({ ref }) => ref === ours || refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) })),
};
console.log(JSON.stringify(list, null, 2));
