import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XZ } from '../support/projects/published.ts';
import { files, make, type Place, type RealProject } from './project.ts';

const COMPILER = { '/usr/bin/gcc': 'gcc', '/usr/include/stdio.h': 'libc6-dev', '/usr/bin/make': 'make' };
const MAVEN = { '/usr/bin/mvn': 'maven', '/usr/bin/javac': 'default-jdk-headless' };

export const COMPILED: readonly RealProject[] = [
  {
    name: 'configure and make',
    needs: COMPILER,
    prepare: ({ folder }) => XZ.prepare(folder),
    steps: [{ line: XZ.command, says: /(?<=^All )\d+(?= tests passed$)/gm }],
  },
  {
    name: 'CMake',
    needs: { ...COMPILER, '/usr/bin/cmake': 'cmake' },
    prepare: ({ folder }) =>
      files(folder, {
        'CMakeLists.txt':
          'cmake_minimum_required(VERSION 3.16)\nproject(own C)\nenable_testing()\nadd_library(own SHARED own.c)\nadd_executable(own_test own_test.c)\ntarget_link_libraries(own_test own)\nadd_test(NAME twice COMMAND own_test)\n',
        'own.c': 'int twice(int n) { return 2 * n; }\n',
        'own_test.c': 'int twice(int n);\nint main(void) { return twice(2) == 4 ? 0 : 1; }\n',
      }),
    steps: [
      {
        line: 'cmake -S . -B build && cmake --build build -j2 && ctest --test-dir build',
        says: /^\d+% tests passed.*/gm,
      },
    ],
  },
  {
    name: 'cargo workspace',
    needs: { '/usr/bin/cargo': 'cargo', ...COMPILER },
    prepare: cargo,
    steps: [
      { line: 'cargo test --workspace --offline', says: /^test result: .*?(?=;)/gm },
      { line: 'cd app && cargo run', says: /^own \d+$/gm },
      { line: 'cargo metadata --offline --format-version 1 | grep -c own-dep', says: /^1$/gm },
      { line: 'cargo update --offline' },
      { line: 'cargo clean && cargo build --release --locked', says: /Finished release/g },
    ],
  },
  {
    name: 'Go',
    needs: { '/usr/bin/go': 'golang-go', '/usr/bin/python3': 'python3' },
    prepare: go,
    steps: [
      { line: 'go test ./...', says: /^ok\s+\S+/gm },
      { line: 'go vet ./... && go build -o own . && ./own', says: /^own \d+$/gm },
      { line: 'go mod verify && go list -m all', says: /^example.org\/dep v1.0.0$|^all modules verified$/gm },
      { line: 'GOFLAGS=-mod=mod go mod tidy && go mod vendor && go test -mod=vendor ./...', says: /^ok\s+\S+/gm },
    ],
  },
  {
    name: 'Maven, two modules',
    needs: {
      ...MAVEN,
      '/usr/share/maven-repo/org/apache/maven/plugins/maven-compiler-plugin': 'libmaven-compiler-plugin-java',
      '/usr/share/maven-repo/org/apache/maven/plugins/maven-resources-plugin': 'libmaven-resources-plugin-java',
      '/usr/share/maven-repo/org/apache/maven/plugins/maven-surefire-plugin': 'libsurefire-java',
      '/usr/share/maven-repo/org/apache/maven/plugins/maven-jar-plugin': 'libmaven-jar-plugin-java',
      '/usr/share/maven-repo/org/apache/maven/plugins/maven-install-plugin': 'libmaven-install-plugin-java',
      '/usr/share/maven-repo/junit/junit': 'junit4',
    },
    prepare: maven,
    // Java asks the account's entry for the home folder.
    environment: ({ home }) => ({ MAVEN_OPTS: `-Duser.home=${home}` }),
    steps: [
      { line: 'mvn -o -B test', says: /Tests run: \d+, Failures: \d+, Errors: \d+, Skipped: \d+$|BUILD \w+/gm },
      { line: 'mvn -o -B install', says: /BUILD \w+/gm },
      { line: 'mvn -o -B package', says: /Tests run: \d+, Failures: \d+, Errors: \d+, Skipped: \d+$|BUILD \w+/gm },
    ],
  },
];

/** A registry on disk: an index in git and one crate, from which the account's own cache is filled. */
function cargo(place: Place): void {
  const { home, folder } = place;
  const [crate, index] = [join(home, 'registry/dep'), join(home, 'registry/index')];
  files(crate, {
    'Cargo.toml':
      '[package]\nname = "own-dep"\nversion = "1.0.0"\nedition = "2021"\ndescription = "d"\nlicense = "MIT"\n',
    'src/lib.rs': 'pub fn twice(n: u32) -> u32 {\n    2 * n\n}\n',
  });
  make(place, crate, 'cargo package --allow-dirty --no-verify');
  const packed = join(home, 'registry/own-dep-1.0.0.crate');
  copyFileSync(join(crate, 'target/package/own-dep-1.0.0.crate'), packed);
  const cksum = createHash('sha256').update(readFileSync(packed)).digest('hex');
  files(index, {
    'config.json': { dl: `file://${home}/registry/{crate}-{version}.crate` },
    'ow/n-/own-dep': `${JSON.stringify({ name: 'own-dep', vers: '1.0.0', deps: [], cksum, features: {}, yanked: false })}\n`,
  });
  make(place, index, 'git init -q -b master && git add -A && git commit -qm index');
  files(home, {
    '.cargo/config.toml': `[source.crates-io]\nreplace-with = "own"\n[source.own]\nregistry = "file://${index}"\n`,
  });
  const manifest = (name: string, dependencies: string): string =>
    `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2021"\n[dependencies]\n${dependencies}\n`;
  files(folder, {
    'Cargo.toml': '[workspace]\nmembers = ["lib", "app"]\n',
    'lib/Cargo.toml': manifest('own-lib', 'own-dep = "1"'),
    'lib/src/lib.rs':
      'pub fn four(n: u32) -> u32 {\n    own_dep::twice(own_dep::twice(n))\n}\n#[test]\nfn fours() {\n    assert_eq!(four(2), 8);\n}\n',
    'app/Cargo.toml': manifest('own-app', 'own-lib = { path = "../lib" }'),
    'app/src/main.rs': 'fn main() {\n    println!("own {}", own_lib::four(2));\n}\n',
  });
  make(place, folder, 'cargo fetch');
}

/** A module proxy on disk, from which the account's module cache is filled. */
function go(place: Place): void {
  const { home, folder } = place;
  const module = 'module example.org/dep\n\ngo 1.19\n';
  files(join(home, 'proxy/example.org/dep/@v'), {
    list: 'v1.0.0\n',
    'v1.0.0.info': { Version: 'v1.0.0', Time: '2024-01-01T00:00:00Z' },
    'v1.0.0.mod': module,
  });
  files(join(home, 'proxy/made/example.org/dep@v1.0.0'), {
    'go.mod': module,
    'dep.go': 'package dep\n\nfunc Twice(n int) int { return 2 * n }\n',
  });
  make(
    place,
    join(home, 'proxy/made'),
    `python3 -c 'import zipfile; z = zipfile.ZipFile("../example.org/dep/@v/v1.0.0.zip", "w"); [z.write("example.org/dep@v1.0.0/" + name) for name in ["go.mod", "dep.go"]]; z.close()'`,
  );
  files(folder, {
    'go.mod': 'module example.org/own\n\ngo 1.19\n\nrequire example.org/dep v1.0.0\n',
    'main.go':
      'package main\n\nimport (\n\t"fmt"\n\n\t"example.org/dep"\n)\n\nfunc main() { fmt.Println("own", dep.Twice(4)) }\n',
    'main_test.go':
      'package main\n\nimport (\n\t"testing"\n\n\t"example.org/dep"\n)\n\nfunc TestTwice(t *testing.T) {\n\tif dep.Twice(2) != 4 {\n\t\tt.Fail()\n\t}\n}\n',
  });
  mkdirSync(join(home, 'go'), { recursive: true });
  make(place, folder, 'go mod download && go mod tidy', {
    GOPROXY: `file://${home}/proxy`,
    GONOSUMDB: '*',
    GOFLAGS: '-mod=mod',
  });
}

/** The account's local repository, filled from Debian's as from a remote one. */
function maven(place: Place): void {
  const { home, folder } = place;
  const own = '<groupId>org.example</groupId><version>1.0</version>';
  const model = '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>';
  const parent = `<parent>${own}<artifactId>top</artifactId></parent>`;
  const junit =
    '<dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.x</version><scope>test</scope></dependency>';
  const plugin = (name: string): string =>
    `<plugin><artifactId>maven-${name}-plugin</artifactId><version>${versionOf(place, name)}</version></plugin>`;
  files(folder, {
    'pom.xml': `${model}${own}<artifactId>top</artifactId><packaging>pom</packaging><modules><module>lib</module><module>app</module></modules><properties><maven.compiler.source>11</maven.compiler.source><maven.compiler.target>11</maven.compiler.target><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties><build><plugins>${['resources', 'compiler', 'surefire', 'jar', 'install'].map(plugin).join('')}</plugins></build></project>\n`,
    'lib/pom.xml': `${model}${parent}<artifactId>lib</artifactId><dependencies>${junit}</dependencies></project>\n`,
    'lib/src/main/java/org/example/Lib.java':
      'package org.example;\npublic class Lib { public static int twice(int n) { return 2 * n; } }\n',
    'lib/src/test/java/org/example/LibTest.java':
      'package org.example;\nimport org.junit.*;\npublic class LibTest { @Test public void twice() { Assert.assertEquals(4, Lib.twice(2)); } }\n',
    'app/pom.xml': `${model}${parent}<artifactId>app</artifactId><dependencies><dependency>${own}<artifactId>lib</artifactId></dependency>${junit}</dependencies></project>\n`,
    'app/src/test/java/org/example/AppTest.java':
      'package org.example;\nimport org.junit.*;\npublic class AppTest { @Test public void twice() { Assert.assertEquals(6, Lib.twice(3)); } }\n',
  });
  files(home, {
    'debian.xml':
      '<settings><mirrors><mirror><id>central</id><mirrorOf>*</mirrorOf><url>file:///usr/share/maven-repo</url></mirror></mirrors></settings>\n',
  });
  make(place, folder, `mvn -B -s ${home}/debian.xml package`, { MAVEN_OPTS: `-Duser.home=${home}` });
  make(place, folder, 'rm -rf */target');
}

/** The version of a plugin that Debian has, beside the name `debian` for any. */
function versionOf(place: Place, name: string): string {
  const at = `/usr/share/maven-repo/org/apache/maven/plugins/maven-${name}-plugin`;
  return make(place, place.home, `ls ${at} | grep -m1 '^[0-9]'`).trim();
}
