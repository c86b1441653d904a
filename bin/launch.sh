# shellcheck shell=bash
# What ./freshet, ./bench, ./prove and ./test share: finding a JDK, building when needed, starting fast.
# Sourced, not run. Works with bash 3.2, as macOS has it.
#
# A launched module is built into target/launch/MODULE/N: our jars as they were then, the class path, the start-up cache.
# `current` names the newest. Builds are never changed in place, because a running JVM reads its jars lazily.

set -u

FRESHET_JDK_MIN=25

# Prints the folder of the script given, following symbolic links.
freshet_folder_of() {
  local path=$1 link
  while [ -h "$path" ]; do
    link=$(readlink "$path")
    case $link in
      /*) path=$link ;;
      *) path=${path%/*}/$link ;;
    esac
  done
  (cd "${path%/*}" && pwd -P)
}

freshet_fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Sets REPLY to the feature version of the JDK in folder $1, read from its release file (starting it would take longer).
# Fails when there is no JDK with a compiler there.
freshet_jdk_version() {
  local line version
  REPLY=0
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      JAVA_VERSION=*)
        version=${line#*=}
        version=${version//\"/}
        REPLY=${version%%[!0-9]*}
        ;;
    esac
  done <"$1/release"
  [ "${REPLY:-0}" -gt 0 ]
}

# Whether folder $1 holds a JDK that Freshet can use.
freshet_is_jdk() {
  freshet_jdk_version "$1" && [ "$REPLY" -ge $FRESHET_JDK_MIN ]
}

# Sets JAVA_HOME to a JDK of at least FRESHET_JDK_MIN: JAVA_HOME itself, the java on the PATH, then the usual places, where
# the version that Freshet is tested on comes before newer ones.
freshet_find_jdk() {
  local candidate on_path newer=
  if [ -n "${JAVA_HOME:-}" ] && freshet_is_jdk "$JAVA_HOME"; then
    export JAVA_HOME
    return
  fi
  if on_path=$(command -v java); then
    candidate=$(freshet_folder_of "$on_path")
    candidate=${candidate%/bin}
    if freshet_is_jdk "$candidate"; then
      export JAVA_HOME=$candidate
      return
    fi
  fi
  for candidate in \
    /usr/lib/jvm/* /usr/java/* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/* "$HOME"/.local/share/mise/installs/java/* \
    /opt/* /opt/*/* /usr/local/* /usr/local/lib/jvm/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    freshet_jdk_version "$candidate" || continue
    if [ "$REPLY" -eq $FRESHET_JDK_MIN ]; then
      export JAVA_HOME=$candidate
      return
    fi
    if [ "$REPLY" -gt $FRESHET_JDK_MIN ] && [ -z "$newer" ]; then
      newer=$candidate
    fi
  done
  if [ -n "$newer" ]; then
    export JAVA_HOME=$newer
    return
  fi
  if [ -x /usr/libexec/java_home ] && candidate=$(/usr/libexec/java_home -v $FRESHET_JDK_MIN+ 2>/dev/null) \
    && freshet_is_jdk "$candidate"; then
    export JAVA_HOME=$candidate
    return
  fi
  freshet_fail "Cannot find JDK $FRESHET_JDK_MIN or later: none in JAVA_HOME, on the PATH or in the usual folders" \
    "(/usr/lib/jvm, ~/.sdkman, /opt, /usr/local); install one, or set JAVA_HOME to one."
}

freshet_find_maven() {
  command -v mvn >/dev/null 2>&1 || freshet_fail "Cannot find Maven: no mvn on the PATH; install Maven 3.8 or later" \
    "(Debian: apt-get install maven; macOS: brew install maven)."
  # Maven's own libraries call methods that newer JDKs warn about; that is nothing a user could act on.
  export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}"
}

# Runs "$@" while holding the lock $1, so that calls at the same time build once and not over each other.
freshet_locked() {
  local lock=$1 holder
  shift
  if command -v flock >/dev/null 2>&1; then
    # The descriptor is closed for what outlives the build.
    (
      flock 9
      "$@" 9>&-
    ) 9>"$lock"
    return
  fi
  until ln -s $$ "$lock.held" 2>/dev/null; do
    holder=$(readlink "$lock.held")
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
      rm -f "$lock.held"
    else
      sleep 0.2
    fi
  done
  # shellcheck disable=SC2064  # the lock's name as it is now
  trap "rm -f '$lock.held'" EXIT
  "$@"
  local status=$?
  rm -f "$lock.held"
  trap - EXIT
  return $status
}

# Sets BUILD to the newest build of module $1. Fails when there is none, or when a source, resource or pom that went into
# it is newer, or a jar of its class path is gone.
freshet_fresh_build() {
  local app=$FRESHET_ROOT/target/launch/$1 sources changed jar
  BUILD=
  [ -r "$app/current" ] && read -r BUILD <"$app/current" || return 1
  BUILD=$app/$BUILD
  [ -r "$BUILD/sources" ] && [ -r "$BUILD/classpath" ] && [ -r "$BUILD/jdk" ] || return 1
  sources=()
  while IFS= read -r changed; do
    sources+=("$FRESHET_ROOT/$changed")
  done <"$BUILD/sources"
  # Folders count too: deleting a file changes only its folder. A folder that is gone makes find fail.
  changed=$(find "${sources[@]}" -newer "$BUILD/started" -print -quit 2>&1) && [ -z "$changed" ] || return 1
  local IFS=:
  read -r -a changed <"$BUILD/classpath"
  for jar in "${changed[@]}"; do
    [ -e "$jar" ] || return 1
  done
}

# Shows what a running Maven does: its elapsed seconds and the module it is at. $1: its process id, $2: its log.
freshet_show_progress() {
  local began=$SECONDS line= shown=
  while kill -0 "$1" 2>/dev/null; do
    line=$(grep -aE '^\[INFO\] Building Freshet .*\[[0-9]+/[0-9]+\]|^Download(ing|ed) from' "$2" 2>/dev/null | tail -n 1)
    case $line in
      "") ;;
      Download*) line="downloading ${line##*/}" ; line=${line%% (*} ;;
      *) line=${line#*Building } ; line="${line%% [0-9]*} [${line##*[}" ;;
    esac
    if [ -t 2 ]; then
      printf '\r\033[KBuilding Freshet, %d s  %s' $((SECONDS - began)) "${line:0:60}" >&2
    elif [ "$line" != "$shown" ] && [ -n "$line" ]; then
      case $line in downloading*) ;; *) printf '  %s\n' "$line" >&2 ; shown=$line ;; esac
    fi
    sleep 0.3
  done
  [ ! -t 2 ] || printf '\r\033[K' >&2
}

# Builds module $1 with all it needs. $2: its main class, $3...: the arguments of the run that fills the start-up cache.
freshet_build() {
  local module=$1 main=$2
  shift 2
  # Another call may have built while this one waited for the lock.
  if freshet_fresh_build "$module"; then
    return 0
  fi
  freshet_find_maven
  local app=$FRESHET_ROOT/target/launch/$module log=$FRESHET_ROOT/target/launch/$module/build.log
  local began=$SECONDS number=1 maven status=0
  mkdir -p "$app"
  while [ -e "$app/$number" ]; do number=$((number + 1)); done
  local build=$app/$number
  mkdir "$build"
  : >"$build/started"
  [ -t 2 ] || printf 'Building Freshet (log: %s)\n' "${log#"$FRESHET_ROOT"/}" >&2

  (cd "$FRESHET_ROOT" &&
    exec mvn -B -T1C -Dstyle.color=never -Dmaven.test.skip=true ${FRESHET_BUILD_PROFILE:+"-P$FRESHET_BUILD_PROFILE"} \
      -pl "$module" -am package) \
    >"$log" 2>&1 </dev/null &
  maven=$!
  # shellcheck disable=SC2064  # this Maven, this folder
  trap "kill $maven 2>/dev/null; rm -rf '$build'; exit 130" INT TERM
  freshet_show_progress "$maven" "$log"
  wait "$maven" || status=$?
  trap - INT TERM
  if [ $status -ne 0 ]; then
    rm -rf "$build"
    # Maven says its errors twice, and closes with advice about its own switches.
    grep -E '^\[ERROR\]|^ERROR|^Error' "$log" |
      grep -vE '\[Help|re-run Maven|Re-run Maven|For more information|After correcting|mvn <args>|^\[ERROR\] *$' |
      awk '!seen[$0]++' | head -n 30 >&2
    printf 'Failed to build Freshet: Maven ended with %d; the whole log is %s\n' $status "$log" >&2
    return 1
  fi

  freshet_snapshot "$module" "$build" || { rm -rf "$build"; return 1; }
  freshet_make_cache "$build" "$main" "$@"
  printf '%s\n' "$number" >"$app/current.new" && mv -f "$app/current.new" "$app/current"
  freshet_drop_old_builds "$app" "$number"
  printf 'Built Freshet in %d s\n' $((SECONDS - began)) >&2
}

# Whether jar $1 is signed: an entry is named META-INF/SOMETHING.SF.
freshet_is_signed() {
  LC_ALL=C grep -qa 'META-INF/[A-Za-z0-9_.-]*[.]SF' "$1"
}

# Copies jar $1 without its signature to $2. The JVM keeps no classes of signed jars in its start-up cache; one class that
# others mention makes each start open all jars before it and check the signature, some 0.15 s.
freshet_unsign() {
  local unpacked=$2.unpacked
  mkdir "$unpacked" && (
    cd "$unpacked" && "$JAVA_HOME/bin/jar" xf "$1" && rm -f META-INF/*.SF META-INF/*.DSA META-INF/*.RSA META-INF/*.EC &&
      "$JAVA_HOME/bin/jar" cfM "$2" .
  ) && rm -rf "$unpacked"
}

# Copies our own jars, which the next build overwrites, into the build, and signed ones without their signature; other
# third-party jars stay in the local repository. Writes the class path, the JDK, and the folders and poms whose change makes
# the build stale.
freshet_snapshot() {
  local module=$1 build=$2 jar target classpath= jars
  printf '%s\n' pom.xml .mvn >"$build/sources"
  local IFS=:
  read -r -a jars <"$FRESHET_ROOT/$module/target/classpath"
  unset IFS
  # The module's own jar is not on the class path that Maven wrote.
  for jar in "$FRESHET_ROOT/$module/target"/freshet-*-SNAPSHOT.jar "${jars[@]}"; do
    case $jar in
      "$FRESHET_ROOT"/*)
        cp "$jar" "$build/" || return 1
        target=${jar%/target/*}
        printf '%s\n' "${target#"$FRESHET_ROOT"/}/pom.xml" "${target#"$FRESHET_ROOT"/}/src/main" >>"$build/sources"
        jar=$build/${jar##*/}
        ;;
      *)
        if freshet_is_signed "$jar"; then
          freshet_unsign "$jar" "$build/${jar##*/}" || return 1
          jar=$build/${jar##*/}
        fi
        ;;
    esac
    classpath=$classpath${classpath:+:}$jar
  done
  printf '%s\n' "$classpath" >"$build/classpath"
  printf '%s\n' "$JAVA_HOME" >"$build/jdk"
}

# Lets the JVM record what "$@" loads and runs often. Freshet starts without the cache too, only slower, so a failure is
# silent.
freshet_make_cache() {
  local build=$1 main=$2 classpath
  shift 2
  [ "${FRESHET_CACHE:-on}" = on ] || return 0
  [ ! -t 2 ] || printf '\r\033[KPreparing a fast start' >&2
  read -r classpath <"$build/classpath"
  freshet_jvm_options
  "$JAVA_HOME/bin/java" "${JVM_OPTIONS[@]}" -XX:AOTCacheOutput="$build/start.aot" -cp "$classpath" "$main" "$@" \
    >"$build/cache.log" 2>&1 </dev/null || rm -f "$build/start.aot"
  [ ! -t 2 ] || printf '\r\033[K' >&2
}

# Keeps the newest two builds and those that a running JVM still uses (it holds their file `started` open).
freshet_drop_old_builds() {
  local folder number
  for folder in "$1"/[0-9]*; do
    number=${folder##*/}
    if [ "$number" -lt $(($2 - 1)) ]; then
      if command -v flock >/dev/null 2>&1; then
        flock -n -x "$folder/started" true 2>/dev/null || continue
      fi
      rm -rf "$folder"
    fi
  done
}

# Sets JVM_OPTIONS. docs/decisions/2026-11-24-launcher.md gives the reasons and the measurements.
freshet_jvm_options() {
  local collector=-XX:+UseG1GC
  # The JVM refuses two collectors, so the user's replaces ours.
  case ${FRESHET_JAVA_OPTS:-} in *-XX:+Use*GC*) collector=-XX:-UseG1GC ;; esac
  JVM_OPTIONS=(
    $collector
    -XX:MaxRAMPercentage=50
    -XX:NewSize=128m
    -XX:+UseTransparentHugePages
    -XX:+ExitOnOutOfMemoryError
    -XX:-UsePerfData
    -XX:+UnlockDiagnosticVMOptions
    -XX:ThreadPriorityPolicy=1
    -XX:CompilerThreadPriority=10
    -XX:-PrintWarnings
    --enable-native-access=ALL-UNNAMED
    --sun-misc-unsafe-memory-access=allow
    "-Dfreshet.home=$FRESHET_ROOT"
  )
}

# Starts the main class $2 of module $1 in place of this shell, after building it when needed. $3 is the word list of the run
# that fills the start-up cache, the rest are the user's arguments.
freshet_launch() {
  local module=$1 main=$2 rehearsal=$3 classpath remembered
  shift 3
  if freshet_fresh_build "$module"; then
    # The JDK of the build saves the search, unless the user names another.
    read -r remembered <"$BUILD/jdk"
    export JAVA_HOME="${JAVA_HOME:-$remembered}"
    freshet_is_jdk "$JAVA_HOME" || { JAVA_HOME=$remembered && freshet_is_jdk "$JAVA_HOME"; } || freshet_find_jdk
  else
    freshet_find_jdk
    mkdir -p "$FRESHET_ROOT/target/launch" || exit 1
    # shellcheck disable=SC2086  # a list of words
    freshet_locked "$FRESHET_ROOT/target/launch/lock" freshet_build "$module" "$main" $rehearsal || exit 1
    freshet_fresh_build "$module" || [ -n "$BUILD" ] || exit 1
  fi
  read -r classpath <"$BUILD/classpath"
  freshet_jvm_options
  if [ -r "$BUILD/start.aot" ]; then
    # A cache that another JVM wrote is left out without a word.
    JVM_OPTIONS+=("-XX:AOTCache=$BUILD/start.aot" '-Xlog:aot*=off' '-Xlog:cds*=off')
  fi
  if command -v flock >/dev/null 2>&1; then
    exec 9<"$BUILD/started"
    flock -s -n 9
  fi
  # shellcheck disable=SC2086  # FRESHET_JAVA_OPTS is a list of words
  exec "$JAVA_HOME/bin/java" "${JVM_OPTIONS[@]}" ${FRESHET_JAVA_OPTS:-} -cp "$classpath" "$main" "$@"
}
