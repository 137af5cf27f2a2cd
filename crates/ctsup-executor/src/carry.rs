//! One step, carried out: what is looked at before, sent, and looked at after, per kind of action.
//!
//! A step taken up again after its process died runs through the same code: parts whose end is
//! written down are not sent again, a part that may have been sent is read from its node.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ctsup_core::action::{
    Certificate, Database, Kind, Look as Looks, Pcs, Person, Playbook, Registry, Site, Unit,
    Volume, database::DatabaseOp, volume::BackUp,
};
use ctsup_core::run::{How, NotLooked, Question, Run, Seen, StepRun};
use ctsup_core::{Action, Event, NodeName, Plan, Step, StepId};
use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::driver::{Manner, Said};
use crate::transport::{Answer, Failure, Look, SHORT, Transport};

mod cluster;
mod data;
mod edit;
mod job;
mod needs;
mod probe;
mod registry;
mod wait;

pub use self::job::FIRST_LOOK;
pub(crate) use self::probe::probe;

/// The step is settled, or the driver is gone: nothing more to do.
#[derive(Debug)]
pub(crate) struct Gone;

type Carried<T> = Result<T, Gone>;

/// What a step is carried out with.
pub(crate) struct Hand<'d, T, C> {
    way: &'d T,
    clock: &'d C,
    manner: &'d Manner,
    plan: Arc<Plan>,
    place: usize,
    /// The step as it stood when it was taken up.
    was: StepRun,
    kept: BTreeMap<String, String>,
    boot: Option<String>,
    generation: u64,
    run: String,
    say: mpsc::UnboundedSender<Said>,
}

impl<'d, T: Transport, C: Clock> Hand<'d, T, C> {
    pub(crate) fn new(
        way: &'d T,
        clock: &'d C,
        manner: &'d Manner,
        run: &Run,
        name: &str,
        id: &StepId,
        say: mpsc::UnboundedSender<Said>,
    ) -> Self {
        let plan = run.plan().clone();
        let place = plan.steps.iter().position(|s| s.id == *id).expect("the run named the step");
        let node = plan.steps[place].node.clone();
        Self {
            was: run.step(id).cloned().unwrap_or_default(),
            kept: run.kept_for(id),
            boot: node.and_then(|node| run.boot(&node).map(str::to_owned)),
            generation: run.session().map_or(0, |session| session.generation),
            run: name.to_owned(),
            way,
            clock,
            manner,
            plan,
            place,
            say,
        }
    }

    fn step(&self) -> &Step {
        &self.plan.steps[self.place]
    }

    fn id(&self) -> StepId {
        self.step().id.clone()
    }

    /// The node of the step; steps without one are not carried out here.
    fn node(&self) -> Carried<&NodeName> {
        self.step().node.as_ref().ok_or(Gone)
    }

    /// Tells an event; it is on disk when this returns.
    async fn tell(&self, event: Event) -> Carried<()> {
        self.told(event).await.map(drop)
    }

    /// The same; for a boot id, whether it is the one that the run knows.
    async fn told(&self, event: Event) -> Carried<bool> {
        let (written, wait) = oneshot::channel();
        self.say.send(Said::Event(event, written)).map_err(|_| Gone)?;
        wait.await.map_err(|_| Gone)
    }

    /// Tells the boot id of a node; whether it is the one that the run knows.
    async fn same_boot(&self, node: &NodeName, boot: String) -> Carried<bool> {
        self.told(Event::Boot { boot, node: node.clone() }).await
    }

    async fn done(&self, how: How) -> Carried<()> {
        self.tell(Event::Done { how, step: self.id() }).await
    }

    async fn fail(&self, reason: &str, code: Option<i32>, seen: &str) -> Carried<()> {
        let (reason, seen) = (reason.to_owned(), shortened(seen));
        self.tell(Event::Failed { code, reason, seen, step: self.id() }).await
    }

    async fn ask_to_judge(&self, seen: &str) -> Carried<()> {
        let (question, seen) = (Question::Judge, shortened(seen));
        self.tell(Event::Asked { question, seen, step: self.id() }).await
    }

    /// A person types the step's commands, and judges what they answer.
    async fn left_to_person(&self, why: NotLooked) -> Carried<()> {
        let commands = self.step().commands.join("\n");
        self.ask_to_judge(&format!("{}\n{commands}", Seen::ByHand(why))).await
    }

    async fn keep(&self, name: &str, value: &str) -> Carried<()> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.tell(Event::Kept { name, step: self.id(), value }).await
    }

    fn seen(&self, text: &str) {
        // Nothing depends on its being heard.
        let _ = self.say.send(Said::Seen(self.id(), shortened(text)));
    }

    fn limit(&self, otherwise: u32) -> Duration {
        Duration::from_secs(u64::from(self.step().limit_s.unwrap_or(otherwise)))
    }

    /// Looks at the step's node, asking again for a while where it does not answer.
    async fn look(&self, script: &str, limit: Duration) -> Carried<Result<Answer, Failure>> {
        let look = Look::new(script, limit).within(self.step().cwd.as_deref());
        self.look_at(self.node()?, &look).await
    }

    async fn look_at(&self, node: &NodeName, look: &Look) -> Carried<Result<Answer, Failure>> {
        self.patiently(|| self.way.look(node, look)).await
    }

    /// Asks again for a while where the node does not answer; a silent one ends the step's work.
    async fn patiently<A, F>(&self, ask: impl Fn() -> F) -> Carried<Result<A, Failure>>
    where
        F: Future<Output = Result<A, Failure>>,
    {
        match self.asked_again(ask).await {
            Err(failure @ (Failure::Unreachable { .. } | Failure::Lost { .. })) => {
                self.tell(Event::Lost { seen: failure.seen(), step: self.id() }).await?;
                Err(Gone)
            }
            other => Ok(other),
        }
    }

    async fn asked_again<A, F>(&self, ask: impl Fn() -> F) -> Result<A, Failure>
    where
        F: Future<Output = Result<A, Failure>>,
    {
        let until = self.until(self.manner.patience);
        loop {
            match ask().await {
                Err(Failure::Unreachable { .. } | Failure::Lost { .. }) if !self.past(until) => {
                    self.pause().await;
                }
                other => return other,
            }
        }
    }

    /// The same, where no answer in time or a wrong one fails the step.
    async fn sure_look(&self, script: &str) -> Carried<Answer> {
        match self.look(script, self.look_limit()).await? {
            Ok(answer) => Ok(answer),
            Err(failure) => {
                self.fail("no-answer", None, &format!("{}\n{script}", failure.seen())).await?;
                Err(Gone)
            }
        }
    }

    fn look_limit(&self) -> Duration {
        self.limit(60).clamp(SHORT, Duration::from_secs(600))
    }

    fn until(&self, time: Duration) -> u64 {
        let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.clock.elapsed_ms().saturating_add(time)
    }

    fn past(&self, until: u64) -> bool {
        self.clock.elapsed_ms() >= until
    }

    async fn pause(&self) {
        self.clock.sleep(self.manner.every).await;
    }

    /// Reads the node's boot id and tells it; a node that booted since the run met it ends the step,
    /// for what the step rests on is not known any more.
    async fn meet(&self) -> Carried<()> {
        let node = self.node()?;
        let look = Look::new(crate::transport::BOOT_ID, SHORT);
        let boot = match self.look_at(node, &look).await? {
            Ok(answer) if answer.code == 0 => answer.out_text().trim().to_owned(),
            Ok(answer) => return self.not_met("no-boot-id", &answer.err_text()).await,
            Err(failure) => return self.not_met("no-answer", &failure.seen()).await,
        };
        let same = self.boot.as_ref().is_none_or(|known| *known == boot);
        self.tell(Event::Boot { boot, node: node.clone() }).await?;
        if same {
            return Ok(());
        }
        if self.job_may_run() {
            self.settle_after_boot().await?;
        }
        // Whatever ended before the boot, nothing goes on behind it.
        let seen = Seen::Booted(node.clone()).to_string();
        self.tell(Event::Lost { seen, step: self.id() }).await?;
        Err(Gone)
    }

    /// The node answers, but not as it should: what may run there can't be called failed.
    async fn not_met(&self, reason: &str, seen: &str) -> Carried<()> {
        if self.job_may_run() {
            self.tell(Event::Lost { seen: shortened(seen), step: self.id() }).await?;
            return Err(Gone);
        }
        self.fail_gone(reason, seen).await
    }

    async fn fail_gone(&self, reason: &str, seen: &str) -> Carried<()> {
        self.fail(reason, None, seen).await?;
        Err(Gone)
    }

    fn fqdn(&self, node: &NodeName) -> String {
        let server = self.plan.topology.nodes.get(node);
        server.map_or_else(|| node.to_string(), |server| server.fqdn.clone())
    }
}

/// Carries a step out, from its beginning or from where its last process left it.
pub(crate) async fn carry<T: Transport, C: Clock>(hand: Hand<'_, T, C>) -> Carried<()> {
    if let Action::Person(Person::Advice { .. }) = hand.step().action {
        return hand.done(How::Told).await;
    }
    if hand.step().node.is_none() {
        // On the operator's machine there is nothing but the person and what the person sees.
        return hand.left_to_person(NotLooked::Elsewhere).await;
    }
    hand.meet().await?;
    let fresh = !hand.job_may_run() && hand.was.part == 0;
    if fresh && hand.step().kind == Kind::Change {
        hand.needs_hold().await?;
    }
    match &hand.step().action.clone() {
        Action::Pcs(Pcs::Move { fqdn, .. }) => hand.move_resources(fqdn).await,
        Action::Unit(Unit::StopAntivirus { units, .. }) => hand.stop_units(units).await,
        Action::Unit(Unit::StartAntivirus { units, .. }) => hand.start_units(units).await,
        Action::Volume(Volume::BackUp { by: BackUp::Copy { to }, paths, .. }) => {
            hand.back_up(paths, to).await
        }
        Action::Volume(Volume::PutBack { paths, .. }) => hand.copied_whole(paths.len()).await,
        Action::Settings(edit) => hand.edit_settings(edit).await,
        Action::Playbook(Playbook::Run { .. }) => hand.play().await,
        Action::Playbook(Playbook::NameImage { .. })
        | Action::Certificate(Certificate::Check { .. }) => {
            // They want a terminal or an editor: a person has both.
            hand.left_to_person(NotLooked::Terminal).await
        }
        Action::Registry(Registry::SeeTags { services, url, user, .. }) => {
            hand.see_tags(services, url, user.as_deref()).await
        }
        Action::Wait(wait) => hand.wait(wait).await,
        Action::Database(database @ Database { op, .. }) => match op {
            DatabaseOp::KeepVersion { .. } => hand.keep_version().await,
            DatabaseOp::WaitUpgraded { version, .. } => {
                hand.wait_upgraded(&database.reads_version(), version).await
            }
            _ => hand.plain().await,
        },
        Action::Look(Looks::ActiveNode { expects, .. }) => hand.see_active(expects).await,
        Action::Site(Site { probe: Some(probe), .. }) => hand.probed(probe).await,
        _ => hand.plain().await,
    }
}

impl<T: Transport, C: Clock> Hand<'_, T, C> {
    /// The step's commands as they stand: looks one by one, changes as one job.
    async fn plain(&self) -> Carried<()> {
        if self.step().kind == Kind::Change {
            let ended = self.job(1, self.step().action.sent()).await?;
            return self.by_code(ended.code, &ended.tail).await;
        }
        for command in &self.step().action.sent() {
            let answer = self.sure_look(command).await?;
            if answer.code != 0 {
                let said = format!("{}{}", answer.out_text(), answer.err_text());
                return self.fail("exit", Some(answer.code), &said).await;
            }
        }
        self.done(How::Ran).await
    }

    /// K21: a playbook under a terminal; its pauses and passwords are answered by a person, and its
    /// recap says how it ended on each host.
    async fn play(&self) -> Carried<()> {
        if self.was.part == 0 {
            let answer = self.sure_look("command -v script").await?;
            if answer.code != 0 {
                // Nothing here makes a terminal: the person's own serves.
                return self.left_to_person(NotLooked::Terminal).await;
            }
        }
        let ended = self.terminal_job(self.step().commands.clone()).await?;
        let recap = ctsup_core::reader::recap::read(&ended.tail);
        match (ended.code, recap) {
            (0, Ok(recap)) if recap.is_success() => self.done(How::Ran).await,
            (0, _) => self.fail("playbook", Some(0), &ended.tail).await,
            (code, _) => self.fail("exit", Some(code), &ended.tail).await,
        }
    }

    async fn by_code(&self, code: i32, seen: &str) -> Carried<()> {
        match code {
            0 => self.done(How::Ran).await,
            _ => self.fail("exit", Some(code), seen).await,
        }
    }

    /// The site's own step, with a command that says whether it is done.
    async fn probed(&self, probe: &str) -> Carried<()> {
        let ended = self.job(1, self.step().commands.clone()).await?;
        if ended.code != 0 {
            return self.fail("exit", Some(ended.code), &ended.tail).await;
        }
        let answer = self.sure_look(probe).await?;
        match answer.code {
            0 => self.done(How::Ran).await,
            code => self.fail("probe", Some(code), &answer.err_text()).await,
        }
    }
}

/// The end of a long text: what matters stands there, and a journal is no log file.
fn shortened(text: &str) -> String {
    const MOST: usize = 4000;
    let text = text.trim();
    let count = text.chars().count();
    if count <= MOST {
        return text.to_owned();
    }
    let end: String = text.chars().skip(count - MOST).collect();
    format!("…{end}")
}
