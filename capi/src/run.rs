//! Whole runs: watched, stopped, and what they leave behind.

use std::ffi::{c_char, c_int, c_void};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use arrow_array::RecordBatchReader;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use quilate::io::arrow::{Batches, Output, batches};
use quilate::pipeline::{Control, Stage, consolidate_in_under, consolidate_under, merge_groups};
use quilate::report::Summary;
use quilate::{Config, Error, ErrorKind, Resolution};

use crate::boundary::{Out, borrow, borrow_mut};
use crate::config::{config_of, json, ql_config};
use crate::error::Failure;
use crate::state::ql_state;
use crate::stream;
use crate::table::ql_table;
use crate::text::{self, ql_text};

/// Runs work on threads of its own (0: as many as there are cores), which are gone when it returns.
///
/// They are joined one by one: a scope alone waits for the work of its threads, not for the end of their thread-locals, which a
/// process that forks or unloads the library would trip over.
pub(crate) fn on_threads<T: Send>(threads: u32, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
    std::thread::scope(|scope| {
        let mut running = Vec::new();
        let spawn = |thread: rayon::ThreadBuilder| {
            running.push(std::thread::Builder::new().spawn_scoped(scope, || thread.run())?);
            Ok(())
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads as usize).spawn_handler(spawn).build();
        let pool = pool.map_err(|error| {
            Error::new(ErrorKind::Limit, format!("the threads could not be started ({error})"))
        })?;
        let result = pool.install(work);
        drop(pool);
        // A panic of the work is raised by `install`; those of the threads are rayon's own.
        running.into_iter().for_each(|thread| drop(thread.join()));
        Ok(result)
    })
}

/// Looks at a run and stops it, from any thread.
pub struct ql_control {
    control: Control,
}

infallible! {
    /// A control for one run; NULL only after a panic.
    fn ql_control_new() -> *mut ql_control = std::ptr::null_mut();
    { Box::into_raw(Box::new(ql_control { control: Control::new() })) }
}

infallible! {
    /// Asks the run to stop; it ends with `QL_STATUS_CANCELLED`. May be called from a signal handler.
    fn ql_control_cancel(control: *const ql_control) -> () = ();
    // SAFETY: by the contract null or valid, as below.
    { if let Some(control) = unsafe { control.as_ref() } { control.control.cancel() } }
}

infallible! {
    /// The stage that runs (`detect`, `normalize`, `match`, `merge`; ends in NUL, never freed), and how much of the whole is
    /// done, 0 to 1; `fraction` may be null.
    fn ql_control_progress(control: *const ql_control, fraction: *mut f64) -> *const c_char = std::ptr::null();
    {
        let Some(control) = (unsafe { control.as_ref() }) else { return std::ptr::null() };
        let progress = control.control.progress();
        if !fraction.is_null() {
            // SAFETY: not null, and by the contract then valid for writing.
            unsafe { fraction.write(progress.fraction) };
        }
        stage_name(progress.stage)
    }
}

frees! {
    /// Frees a control, after the run that it was for.
    fn ql_control_free(ql_control)
}

fn stage_name(stage: Stage) -> *const c_char {
    let name: &[u8] = match stage {
        Stage::Detect => b"detect\0",
        Stage::Normalize => b"normalize\0",
        Stage::Match => b"match\0",
        Stage::Merge => b"merge\0",
        _ => b"run\0",
    };
    name.as_ptr().cast()
}

/// Called about ten times a second, on the thread of the call, with the stage (ends in NUL), the share that is done, and the
/// caller's data. Another answer than 0 stops the run.
pub type ql_progress =
    Option<unsafe extern "C" fn(stage: *const c_char, fraction: f64, user_data: *mut c_void) -> c_int>;

/// How often progress is told.
const TICK: Duration = Duration::from_millis(100);

/// A run under the caller's eyes: the work is done on other threads, so that this one is free to call back.
pub(crate) fn watched<T: Send>(
    control: *const ql_control,
    threads: u32,
    progress: ql_progress,
    user_data: *mut c_void,
    work: impl FnOnce(&Control) -> quilate::Result<T> + Send,
) -> Result<T, Failure> {
    let own = Control::new();
    // SAFETY: by the contract null or valid.
    let control = unsafe { control.as_ref() }.map_or(&own, |control| &control.control);
    let Some(callback) = progress else { return Ok(on_threads(threads, || work(control))??) };
    let (sender, ended) = channel::<()>();
    let outcome = std::thread::scope(|scope| {
        let run = scope.spawn(move || {
            // Dropped when the work ends, by whatever way.
            let _sender = sender;
            on_threads(threads, || work(control))
        });
        while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(TICK) {
            let now = control.progress();
            // SAFETY: by the contract a function of this signature that does not unwind.
            if unsafe { callback(stage_name(now.stage), now.fraction, user_data) } != 0 {
                control.cancel();
            }
        }
        run.join()
    });
    match outcome {
        Ok(outcome) => Ok(outcome??),
        Err(panic) => Err(Failure::panic(&*panic)),
    }
}

/// What a run has found.
pub struct ql_result {
    pub(crate) resolution: Arc<Resolution>,
    /// The configuration of the run, for models that come of it.
    pub(crate) config: Config,
}

fallible! {
    /// Finds out which records are one customer, and makes the golden records.
    ///
    /// `config` NULL: the default. `state` NULL: a run of its own; else customers keep the numbers that they have there, what
    /// people have decided holds, and on success the state is that for the next run. `control` NULL: nobody else stops the run. `threads` 0: all cores. `progress` NULL: none.
    /// The table's records are taken, whatever comes of it; the table is then empty, and still to be freed.
    fn ql_table_consolidate(
        table: *mut ql_table,
        config: *const ql_config,
        state: *mut ql_state,
        control: *const ql_control,
        threads: u32,
        progress: ql_progress,
        user_data: *mut c_void,
        result: *mut *mut ql_result,
    ) {
        let out = Out::new(result, "result")?;
        let config = config_of(config);
        let (table, issues) = borrow_mut(table, "table")?.take()?;
        let (resolution, next) = {
            // SAFETY: by the contract null or valid.
            let state = unsafe { state.as_ref() }.map(|state| &state.state);
            let run = |control: &Control| match state {
                None => Ok((consolidate_under(table, &config, issues, control)?, None)),
                Some(state) => {
                    let (resolution, next) = consolidate_in_under(table, &config, state, issues, control)?;
                    Ok((resolution, Some(next)))
                }
            };
            watched(control, threads, progress, user_data, run)?
        };
        // SAFETY: as above; nobody else uses a state during the call.
        if let (Some(state), Some(next)) = (unsafe { state.as_mut() }, next) {
            state.state = next;
        }
        out.give(ql_result { resolution: Arc::new(resolution), config });
    }

    /// Makes golden records of groups that are known: records with the same value in a column are one customer. The table's
    /// records are taken, as by ql_table_consolidate.
    fn ql_table_merge(
        table: *mut ql_table,
        column: *const c_char,
        column_len: usize,
        config: *const ql_config,
        threads: u32,
        result: *mut *mut ql_result,
    ) {
        let out = Out::new(result, "result")?;
        let column = text::borrow(column, column_len, "column")?;
        let config = config_of(config);
        let (table, _) = borrow_mut(table, "table")?.take()?;
        let resolution = on_threads(threads, || merge_groups(table, column, &config))??;
        out.give(ql_result { resolution: Arc::new(resolution), config });
    }

    /// Writes a table of the result to a stream: `golden`, `xref`, `provenance`, `pairs`, `relations`, `events`, `review` or
    /// `issues`; as often as wanted.
    fn ql_result_export(
        result: *const ql_result,
        output: *const c_char,
        output_len: usize,
        stream: *mut FFI_ArrowArrayStream,
    ) {
        let out = Out::new(stream, "stream")?;
        let output: Output = text::borrow(output, output_len, "output")?.parse()?;
        let resolution = borrow(result, "result")?.resolution.clone();
        stream::give(out, OneThread(on_threads(1, || batches(resolution, output))?));
    }

    /// Counts, columns, the model and findings, as JSON; never a customer's value.
    fn ql_result_report(result: *const ql_result, report: *mut *mut ql_text) {
        let out = Out::new(report, "report")?;
        let resolution = &borrow(result, "result")?.resolution;
        out.give(json(&on_threads(1, || Summary::new(resolution))?)?);
    }

    /// Why two records are one customer, or are not, as JSON: the prior, for each comparison the values, level and weight in
    /// bits, the sum; and the same as `text` for people.
    fn ql_result_explain(
        result: *const ql_result,
        source_a: *const c_char,
        source_a_len: usize,
        id_a: *const c_char,
        id_a_len: usize,
        source_b: *const c_char,
        source_b_len: usize,
        id_b: *const c_char,
        id_b_len: usize,
        explanation: *mut *mut ql_text,
    ) {
        let out = Out::new(explanation, "explanation")?;
        let resolution = &borrow(result, "result")?.resolution;
        let a = (text::borrow(source_a, source_a_len, "source_a")?, text::borrow(id_a, id_a_len, "id_a")?);
        let b = (text::borrow(source_b, source_b_len, "source_b")?, text::borrow(id_b, id_b_len, "id_b")?);
        let found = on_threads(1, || resolution.explain(a, b))??;
        let failed = |error: serde_json::Error| Error::new(ErrorKind::Format, error.to_string());
        let mut value = serde_json::to_value(&found).map_err(failed)?;
        value["text"] = found.to_string().into();
        out.give(json(&value)?);
    }
}

frees! {
    /// Frees a result. Streams that came of it stay valid.
    fn ql_result_free(ql_result)
}

/// Names of all outputs.
pub(crate) fn outputs() -> impl Iterator<Item = &'static str> {
    Output::ALL.into_iter().map(Output::name)
}

/// Batches whose making may ask for threads: it gets one, so that none of a pool that nobody joins is started.
struct OneThread(Batches<Arc<Resolution>>);

impl Iterator for OneThread {
    type Item = <Batches<Arc<Resolution>> as Iterator>::Item;

    fn next(&mut self) -> Option<Self::Item> {
        match on_threads(1, || self.0.next()) {
            Ok(batch) => batch,
            Err(_) => Some(Err(arrow_schema::ArrowError::MemoryError("no thread could be started".into()))),
        }
    }
}

impl RecordBatchReader for OneThread {
    fn schema(&self) -> arrow_schema::SchemaRef {
        self.0.schema()
    }
}
